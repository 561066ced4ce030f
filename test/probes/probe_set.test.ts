import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProbeSet } from '../../src/probes/probe_set.js';
import { capableHost, nativeError } from '../harness/fake_addon.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  for (const name of ['a', 'b', 'tasks']) folder.write(name);
  folder.fake.programs.set('tasks', [{ name: 'list', section: 'iter/task' }]);
});
afterEach(() => folder.remove());

/** Runs inside a PID namespace, where iterators over tasks are refused. */
function enterPidNamespace(): void {
  folder.host = { ...capableHost, pidNamespace: 4026532567 };
}

async function started(...probes: string[]): Promise<ProbeSet> {
  const set = new ProbeSet(folder.context());
  await set.start(folder.configuration(probes));
  folder.fake.calls.length = 0;
  return set;
}

const states = (set: ProbeSet) => set.statuses().map(({ name, state, reason }) => `${name} ${reason?.code ?? state}`);
const failHook = (object: string) =>
  folder.fake.programs.set(object, [
    { name: 'count', section: 'tp_btf/gone', attachFailure: nativeError('ENOENT', 'attach program') },
  ]);

describe('a start', () => {
  test('brings up every probe that works, in the order of the configuration', async () => {
    failHook('b');
    const set = await started('b', 'a');
    expect(states(set)).toEqual(['b HOOK_MISSING', 'a up']);
    expect(set.failures().map(({ probe, reasons }) => [probe, reasons.map(({ code }) => code)])).toEqual([
      ['b', ['HOOK_MISSING']],
    ]);
  });

  test('reports an unexpected error as PROBE_FAILED', async () => {
    folder.fake.programs.set('a', [{ name: 'count', section: 'tp_btf/x', loadFailure: new TypeError('a bug') }]);
    expect(states(await started('a'))).toEqual(['a PROBE_FAILED']);
  });

  test('of a probe without an object leaves it down', async () => {
    folder.removeObject('a');
    expect(states(await started('a', 'b'))).toEqual(['a OBJECT_NOT_FOUND', 'b up']);
  });
});

describe('a reload', () => {
  test('does not touch unchanged probes', async () => {
    const set = await started('a', 'b');
    await set.reload(folder.configuration(['b', 'a']));
    expect(folder.fake.calls).toEqual([]);
    expect(states(set)).toEqual(['b up', 'a up']);
  });

  test('attaches new probes before it closes old ones', async () => {
    const set = await started('a');
    await set.reload(folder.configuration(['b']));
    expect(folder.fake.calls.filter((call) => /^(attach b|close a)/.test(call))).toEqual(['attach b.count', 'close a']);
    expect(states(set)).toEqual(['b up']);
  });

  test('loads a changed probe anew and leaves the others alone', async () => {
    const set = await started('a', 'b');
    folder.writeObject('b', 'another object');
    await set.reload(folder.configuration(['a', 'b']));
    expect(folder.fake.callsOf('attach')).toEqual(['b.count']);
    expect(folder.fake.callsOf('close').filter((object) => object === 'a')).toEqual([]);
  });

  test('with a probe that fails changes nothing, and closes what it loaded', async () => {
    const set = await started('a');
    failHook('b');
    folder.write('tasks', 'maps: { events: { max_entries: 32 } }\n');
    await expect(set.reload(folder.configuration(['a', 'b', 'tasks']))).rejects.toMatchObject({
      faults: [expect.objectContaining({ code: 'HOOK_MISSING' })],
    });
    expect(states(set)).toEqual(['a up']);
    expect(folder.fake.callsOf('close')).not.toContain('a');
    const closed = folder.fake.callsOf('close').filter((object) => object === 'tasks');
    expect(closed).toHaveLength(folder.fake.callsOf('open').filter((object) => object === 'tasks').length);
  });
});

describe('a probe that was down before', () => {
  test('may stay down in a PID namespace when the limit of series changes', async () => {
    enterPidNamespace();
    const set = await started('a', 'tasks');
    expect(states(set)).toEqual(['a up', 'tasks PID_NAMESPACE']);
    await set.reload(folder.configuration(['a', 'tasks'], 'series_limit: 5000\n'));
    expect(states(set)).toEqual(['a up', 'tasks PID_NAMESPACE']);
    expect(folder.fake.callsOf('attach')).toEqual(['a.count']);
  });

  test('may stay down if the kernel still refuses it', async () => {
    failHook('b');
    const set = await started('b');
    folder.write('b', 'maps: { events: { max_entries: 32 } }\n');
    await set.reload(folder.configuration(['b']));
    expect(states(set)).toEqual(['b HOOK_MISSING']);
  });

  test('is tried again if it is unchanged', async () => {
    failHook('b');
    const set = await started('b');
    folder.fake.programs.delete('b');
    await set.reload(folder.configuration(['b']));
    expect(states(set)).toEqual(['b up']);
  });

  test('may not be down for another reason', async () => {
    enterPidNamespace();
    const set = await started('tasks');
    folder.fake.programs.set('tasks', [
      { name: 'count', section: 'tp_btf/gone', attachFailure: nativeError('ENOENT', 'attach program') },
    ]);
    folder.write('tasks', 'maps: { events: { max_entries: 32 } }\n');
    await expect(set.reload(folder.configuration(['tasks']))).rejects.toThrow('has no such hook');
    expect(states(set)).toEqual(['tasks PID_NAMESPACE']);
  });

  test('may not be down if its own file is wrong', async () => {
    folder.write('b', 'constants: { wnated: 1 }\n');
    const set = await started('b');
    expect(states(set)).toEqual(['b CONSTANT_UNKNOWN']);
    folder.write('b', 'constants: { wnated: 2 }\n');
    await expect(set.reload(folder.configuration(['b']))).rejects.toMatchObject({
      faults: [expect.objectContaining({ code: 'CONSTANT_UNKNOWN' })],
    });
  });
});

describe('a check', () => {
  test('attaches nothing and leaves nothing loaded', async () => {
    const set = new ProbeSet(folder.context());
    await set.check(folder.configuration(['a', 'b']));
    expect(folder.fake.callsOf('attach')).toEqual([]);
    expect(folder.fake.callsOf('load').sort()).toEqual(['a', 'b']);
    expect(folder.fake.callsOf('close').sort()).toEqual(folder.fake.callsOf('open').sort());
    expect(set.statuses()).toEqual([]);
  });

  test('reports a fault of the host once', async () => {
    folder.host = { ...capableHost, privileged: false };
    const denied = { name: 'count', section: 'tp_btf/x', loadFailure: nativeError('EPERM', 'load object') };
    for (const name of ['a', 'b']) folder.fake.programs.set(name, [denied]);
    const check = new ProbeSet(folder.context()).check(folder.configuration(['a', 'b']));
    await expect(check).rejects.toMatchObject({ faults: [{ code: 'KERNEL_NO_PRIVILEGE' }] });
  });
});

test('a scrape reads all probes, those that are down excepted', async () => {
  failHook('b');
  const set = await started('a', 'b');
  await set.collect();
  expect(set.families()).toHaveLength(1);
  expect(set.statuses().map(({ series }) => series)).toEqual([1, 0]);
});

test('close unloads every probe', async () => {
  const set = await started('a', 'b');
  set.close();
  expect(folder.fake.callsOf('close')).toEqual(['a', 'b']);
  expect(set.statuses()).toEqual([]);
});
