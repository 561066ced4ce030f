import { expect, test } from 'vitest';
import { inspectHost } from '../../src/kernel/host.js';
import { SharedHook, type SharedProgram } from '../../src/kernel/shared_hook.js';
import { syscallExits } from '../../src/kernel/shared_hooks.js';
import { addon, callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

test(
  'the shared program can be read when it is detached, as at the end of a window of the statistics',
  needs({ root: true, bpf: true }),
  async () => {
    const host = inspectHost({ proc: '/proc', sys: '/sys' });
    const exits = new SharedHook(syscallExits, { addon, host, btfPath: undefined, onLog: () => undefined });
    await exits.open();
    const [program] = exits.programs as [SharedProgram];
    program.measure(true);
    callGetppid(1000);
    const counted = program.countedRuns()!;
    const measured = program.measuredRuns();
    expect(counted).toBeGreaterThanOrEqual(1000);
    exits.close();
    expect(exits.programs).toEqual([]);
    expect([program.countedRuns(), program.measuredRuns(), program.missedRuns()]).toEqual([
      counted,
      measured,
      undefined,
    ]);
    program.measure(false);

    await exits.open();
    expect(exits.programs[0]).not.toBe(program);
    exits.close();
  },
);
