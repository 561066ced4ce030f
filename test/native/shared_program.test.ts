import { expect, test } from 'vitest';
import { inspectHost } from '../../src/kernel/host.js';
import { SyscallExits } from '../../src/kernel/syscall_exits.js';
import { addon, callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

test(
  'the shared program can be read when it is detached, as at the end of a window of the statistics',
  needs({ root: true, bpf: true }),
  async () => {
    const host = inspectHost({ proc: '/proc', sys: '/sys' });
    const exits = new SyscallExits({ addon, host, btfPath: undefined, onLog: () => undefined });
    await exits.open();
    const program = exits.program!;
    program.measure(true);
    callGetppid(1000);
    const counted = program.countedRuns()!;
    const measured = program.measuredRuns();
    expect(counted).toBeGreaterThanOrEqual(1000);
    exits.close();
    expect(exits.program).toBeUndefined();
    expect([program.countedRuns(), program.measuredRuns(), program.missedRuns()]).toEqual([
      counted,
      measured,
      undefined,
    ]);
    program.measure(false);

    await exits.open();
    expect(exits.program).not.toBe(program);
    exits.close();
  },
);
