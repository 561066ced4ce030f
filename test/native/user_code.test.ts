import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttachRequest } from '../../src/kernel/load_request.js';
import { isBefore } from '../../src/kernel/release.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { HookedProbe } from '../harness/hooked_probe.js';
import { addon, callGetppid, nativeErrorOf } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const source = join(import.meta.dirname, '../fixtures/programs/steps.c');
const python = '/usr/bin/python3';
const KPROBE = 2;
const TRACE_UPROBE_MULTI = 48;

/** `attached`, or the code of the failure. */
function attachCode(attach: () => unknown): string {
  let isAttached = false;
  try {
    attach();
    isAttached = true;
  } catch {}
  return isAttached ? 'attached' : nativeErrorOf(attach).code;
}

describe('programs for user-space code', needs({ root: true, bpf: true, commands: ['gcc'], files: [python] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-user-code-'));
  const steps = join(folder, 'steps');
  const stripped = join(folder, 'stripped');
  // Uprobes are set in a file: other processes run other files.
  const ownPython = join(folder, 'python');
  const open: HookedProbe[] = [];

  beforeAll(() => {
    execFileSync('gcc', ['-O1', '-o', steps, source]);
    execFileSync('gcc', ['-O1', '-s', '-o', stripped, source]);
    copyFileSync(realpathSync(python), ownPython);
  });
  afterEach(() => {
    for (const probe of open.splice(0)) probe.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const attached = async (hooks: Readonly<Record<string, AttachRequest>>) => {
    const probe = await HookedProbe.attach('user_hooks', hooks);
    open.push(probe);
    return probe;
  };
  const refusal = async (hooks: Readonly<Record<string, AttachRequest>>) => {
    const error = await attached(hooks).catch((error) => error);
    return `${error.code}: ${error.message}`;
  };

  test('count calls and returns of a function', async () => {
    const probe = await attached({
      count_entered: { binary: steps, symbol: 'first_step' },
      count_returned: { binary: steps, symbol: 'second_step' },
      count_renamed: { type: 'uprobe', binary: steps, symbol: 'other_work' },
    });
    execFileSync(steps, ['25']);
    expect(probe.count('count_entered')).toBe(25);
    expect(probe.count('count_returned')).toBe(50);
    expect(probe.count('count_renamed')).toBe(1);
  });

  test('count calls at an offset, in the file and from a function', async () => {
    const [line = ''] = execFileSync('nm', [steps], { encoding: 'utf8' }).match(/^\S+ T first_step$/m) ?? [];
    const offset = Number.parseInt(line, 16);
    const probe = await attached({
      count_entered: { binary: steps, offset },
      count_renamed: { type: 'uprobe', binary: steps, symbol: 'first_step', offset: 0 },
    });
    execFileSync(steps, ['7']);
    expect([probe.count('count_entered'), probe.count('count_renamed')]).toEqual([7, 7]);
  });

  test('count all functions of a pattern', async () => {
    const probe = await attached({
      count_many: { binary: steps, symbols: '*_step' },
      count_many_returned: { binary: steps, symbols: 'other_w?rk' },
    });
    execFileSync(steps, ['10']);
    expect([probe.count('count_many'), probe.count('count_many_returned')]).toEqual([30, 1]);
  });

  test('count a USDT probe behind a semaphore', async () => {
    const probe = await attached({
      count_collected: { binary: ownPython, provider: 'python', probe: 'gc__start' },
    });
    const collect = (times: number) =>
      execFileSync(ownPython, [
        '-c',
        `import gc, os\ngc.disable()\nfor i in range(${times}): gc.collect()\nos._exit(0)`,
      ]);
    collect(0);
    const before = probe.count('count_collected');
    collect(40);
    expect(probe.count('count_collected') - 2 * before).toBe(40);
  });

  test.skipIf(isBefore(release(), 6, 0))('may sleep, in sections that this libbpf does not know', async () => {
    const probe = await attached({
      count_many_asleep: { binary: steps, symbols: '*_step' },
      count_collected_asleep: { binary: ownPython, provider: 'python', probe: 'gc__start' },
    });
    execFileSync(steps, ['10']);
    execFileSync(ownPython, ['-c', 'import gc; gc.collect()']);
    expect(probe.count('count_many_asleep')).toBe(30);
    expect(probe.count('count_collected_asleep')).toBeGreaterThan(0);
  });

  test('count one process, of a library that is found by its name', async () => {
    const probe = await attached({
      count_entered: { library: 'libc', symbol: 'getppid', pid: process.pid },
      count_in_section: {},
    });
    const before = probe.count('count_entered');
    callGetppid(1);
    const perCall = probe.count('count_entered') - before;
    expect(perCall).toBe(1);
    callGetppid(99);
    execFileSync('sh', ['-c', 'exit']);
    expect(probe.count('count_entered') - before).toBe(100);
    // The section names no process.
    expect(probe.count('count_in_section')).toBeGreaterThanOrEqual(100);
  });

  test('of many functions have one link, where the kernel can do that', async () => {
    const object = new addon.BpfObject(fixtureObject('user_hooks'));
    for (const { name } of object.programs()) object.setAutoload(name, name === 'count_many');
    object.setProgramType('count_many', KPROBE, TRACE_UPROBE_MULTI, false);
    await object.load();
    const [line = ''] = execFileSync('nm', [steps], { encoding: 'utf8' }).match(/^\S+ T first_step$/m) ?? [];
    const offsets = [Number.parseInt(line, 16)];
    const code = attachCode(() => object.attach('count_many', { hook: 'uprobe.multi', path: steps, offsets }));
    expect(code).toBe(isBefore(release(), 6, 6) ? 'EINVAL' : 'attached');
    const wrong: unknown[] = [{ hook: 'none' }, { hook: 'uprobe' }, { hook: 'uprobe.multi', path: steps, offsets: [] }];
    wrong.push({ hook: 'kprobe.multi', functions: [] }, { hook: 'kprobe.multi', functions: 'vfs_*' });
    for (const options of wrong) {
      expect(() => object.attach('count_many', options as never)).toThrow(/hook|offsets|functions/);
    }
    object.close();
  });

  test('say what the host lacks', async () => {
    writeFileSync(join(folder, 'text'), 'no program');
    const of = (hook: AttachRequest) => refusal({ count_entered: hook });
    const start = 'USER_HOOK_MISSING: Cannot attach program "count_entered" (uprobe): ';
    expect(await of({ binary: join(folder, 'none'), symbol: 'a' })).toBe(`${start}there is no file "${folder}/none"`);
    expect(await of({ binary: folder, symbol: 'a' })).toBe(`${start}"${folder}" is not a regular file`);
    expect(await of({ library: 'libnowhere', symbol: 'a' })).toBe(`${start}this host has no "libnowhere"`);
    expect(await of({ binary: join(folder, 'text'), symbol: 'a' })).toContain('is not a 64-bit program or library');
    expect(await of({ binary: steps, symbol: 'first_stop' })).toContain('no function "first_stop", but "first_step"');
    expect(await of({ binary: stripped, symbol: 'first_step' })).toContain(': it names no functions at all');
    expect(await of({ binary: steps, symbol: 'first_step', pid: 2 ** 22 - 1 })).toMatch(/^USER_HOOK_REFUSED: .*ESRCH/s);
    expect(await refusal({ count_many: { binary: steps, symbols: 'none*' } })).toContain(
      'no function that matches "none*"',
    );
    const usdt = { count_collected: { binary: ownPython, provider: 'python', probe: 'none' } };
    expect(await refusal(usdt)).toContain('has no USDT probe python:none');
  });
});
