import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { ProbeSet } from '../../src/probes/probe_set.js';
import { renderText, valuesOf } from '../harness/collection.js';
import { capableHost, nativeError } from '../harness/fake_addon.js';
import { u32, u64 } from '../harness/fake_map.js';
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

async function reload(set: ProbeSet, configuration: Configuration): Promise<void> {
  (await set.prepare(configuration))();
}

const states = (set: ProbeSet) => set.statuses().map(({ name, state, reason }) => `${name} ${reason?.code ?? state}`);
const failHook = (object: string) =>
  folder.fake.programs.set(object, [
    { name: 'count', section: 'tp_btf/gone', attachFailure: nativeError('ENOENT', 'attach program') },
  ]);

const rejectProgram = (object: string) => {
  const log = "libbpf: prog 'count': BPF program load failed\n-- BEGIN PROG LOAD LOG --\nno\n-- END PROG LOAD LOG --";
  const loadFailure = nativeError('EACCES', 'load object', log);
  folder.fake.programs.set(object, [{ name: 'count', section: 'tp_btf/x', loadFailure }]);
};

describe('a start', () => {
  test('brings up every probe that works, in the order of the configuration', async () => {
    failHook('b');
    const set = await started('b', 'a');
    expect(states(set)).toEqual(['b HOOK_MISSING', 'a up']);
    expect(set.failures().map(({ probe, reasons }) => [probe, reasons.map(({ code }) => code)])).toEqual([
      ['b', ['HOOK_MISSING']],
    ]);
  });

  test('tells what this host does not support from what is down', async () => {
    enterPidNamespace();
    failHook('b');
    rejectProgram('a');
    const set = await started('a', 'b', 'tasks');
    expect(set.statuses().map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a down',
      'b unsupported',
      'tasks unsupported',
    ]);
    expect(set.statuses()[2]!.reason!.remedy).toContain('--pid=host');
    expect(set.failures().map(({ state }) => state)).toEqual(['down', 'unsupported', 'unsupported']);
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
    await reload(set, folder.configuration(['b', 'a']));
    expect(folder.fake.calls).toEqual([]);
    expect(states(set)).toEqual(['b up', 'a up']);
  });

  test('attaches new probes before it closes old ones', async () => {
    const set = await started('a');
    await reload(set, folder.configuration(['b']));
    expect(folder.fake.calls.filter((call) => /^(attach b|close a)/.test(call))).toEqual(['attach b.count', 'close a']);
    expect(states(set)).toEqual(['b up']);
  });

  test('leaves old probes readable until the change', async () => {
    const set = await started('a');
    const change = await set.prepare(folder.configuration(['b']));
    expect(folder.fake.calls).toContain('attach b.count');
    expect(folder.fake.calls).not.toContain('close a');
    await set.collect();
    expect(set.families().map(({ name }) => name)).toEqual(['santabpf_a_total']);
    change();
    expect(folder.fake.calls.at(-1)).toBe('close a');
  });

  test('loads a changed probe anew and leaves the others alone', async () => {
    const set = await started('a', 'b');
    folder.writeObject('b', 'another object');
    await reload(set, folder.configuration(['a', 'b']));
    expect(folder.fake.callsOf('attach')).toEqual(['b.count']);
    expect(folder.fake.callsOf('close').filter((object) => object === 'a')).toEqual([]);
  });

  test('with a probe that fails changes nothing, and closes what it loaded', async () => {
    const set = await started('a');
    rejectProgram('b');
    folder.write('tasks', 'maps: { events: { max_entries: 32 } }\n');
    await expect(reload(set, folder.configuration(['a', 'b', 'tasks']))).rejects.toMatchObject({
      faults: [expect.objectContaining({ code: 'PROGRAM_REJECTED' })],
    });
    expect(states(set)).toEqual(['a up']);
    expect(folder.fake.callsOf('close')).not.toContain('a');
    const closed = folder.fake.callsOf('close').filter((object) => object === 'tasks');
    expect(closed).toHaveLength(folder.fake.callsOf('open').filter((object) => object === 'tasks').length);
  });
});

describe('a reload of limits and of the prefix', () => {
  const page = async (set: ProbeSet) => {
    await set.collect();
    return valuesOf(await renderText(set.families(), 'text'));
  };

  test('keeps the probes and what they counted, entries that are gone included', async () => {
    const set = await started('a', 'b');
    expect(await page(set)).toEqual({ 'santabpf_a_total key="1"': 5, 'santabpf_b_total key="1"': 5 });
    folder.fake.events.get('a')!.delete(u32(1));
    folder.fake.events.get('a')!.set(u32(2), u64(7));
    await reload(set, folder.configuration(['{ probe: a, limit: 1 }', 'b'], 'metric_prefix: x_\nseries_limit: 3\n'));
    expect(folder.fake.calls).toEqual([]);
    expect(await page(set)).toEqual({
      'x_a_total key="1"': 5,
      'x_a_total key="other"': 7,
      'x_b_total key="1"': 5,
    });
  });

  test('changes no name of a scrape that is still being rendered', async () => {
    const set = await started('a');
    await set.collect();
    const families = set.families();
    await reload(set, folder.configuration(['a'], 'metric_prefix: x_\n'));
    expect(valuesOf(await renderText(families, 'text'))).toEqual({ 'santabpf_a_total key="1"': 5 });
  });

  test('changes nothing if another probe is refused', async () => {
    const set = await started('a');
    rejectProgram('b');
    await expect(reload(set, folder.configuration(['a', 'b'], 'metric_prefix: x_\n'))).rejects.toThrow('verifier');
    expect(folder.fake.callsOf('close')).not.toContain('a');
    expect(await page(set)).toEqual({ 'santabpf_a_total key="1"': 5 });
  });
});

describe('a probe that this host does not support', () => {
  test('does not keep others from a reload when it is new', async () => {
    enterPidNamespace();
    const set = await started('a');
    await reload(set, folder.configuration(['a', 'tasks', 'b']));
    expect(states(set)).toEqual(['a up', 'tasks PID_NAMESPACE', 'b up']);
  });

  test('does not end one that runs', async () => {
    const set = await started('b');
    failHook('b');
    folder.write('b', 'maps: { events: { max_entries: 32 } }\n');
    await expect(reload(set, folder.configuration(['b']))).rejects.toThrow('has no such hook');
    expect(states(set)).toEqual(['b up']);
    expect(folder.fake.callsOf('close').length).toBe(folder.fake.callsOf('open').length);
  });
});

describe('a probe that did not run before', () => {
  test('may still not run in a PID namespace when the limit of series changes', async () => {
    enterPidNamespace();
    const set = await started('a', 'tasks');
    expect(states(set)).toEqual(['a up', 'tasks PID_NAMESPACE']);
    await reload(set, folder.configuration(['a', 'tasks'], 'series_limit: 5000\n'));
    expect(states(set)).toEqual(['a up', 'tasks PID_NAMESPACE']);
    expect(folder.fake.callsOf('attach')).toEqual([]);
  });

  test('may be down if the kernel still refuses it, for whatever reason', async () => {
    rejectProgram('b');
    const set = await started('b');
    const denied = nativeError('ENOMEM', 'load object');
    folder.fake.programs.set('b', [{ name: 'count', section: 'tp_btf/x', loadFailure: denied }]);
    folder.write('b', 'maps: { events: { max_entries: 32 } }\n');
    await reload(set, folder.configuration(['b']));
    expect(states(set)).toEqual(['b LOAD_FAILED']);
  });

  test('is tried again if it is unchanged', async () => {
    failHook('b');
    const set = await started('b');
    folder.fake.programs.delete('b');
    await reload(set, folder.configuration(['b']));
    expect(states(set)).toEqual(['b up']);
  });

  test('may not be down for the sake of its file', async () => {
    enterPidNamespace();
    const set = await started('tasks');
    folder.write('tasks', 'constants: { wnated: 1 }\n');
    await expect(reload(set, folder.configuration(['tasks']))).rejects.toMatchObject({
      faults: [expect.objectContaining({ code: 'CONSTANT_UNKNOWN' })],
    });
    expect(states(set)).toEqual(['tasks PID_NAMESPACE']);
  });

  test('may not be down if its own file is wrong', async () => {
    folder.write('b', 'constants: { wnated: 1 }\n');
    const set = await started('b');
    expect(states(set)).toEqual(['b CONSTANT_UNKNOWN']);
    folder.write('b', 'constants: { wnated: 2 }\n');
    await expect(reload(set, folder.configuration(['b']))).rejects.toMatchObject({
      faults: [expect.objectContaining({ code: 'CONSTANT_UNKNOWN' })],
    });
  });
});

describe('a check', () => {
  test('brings up every probe and leaves nothing loaded', async () => {
    const set = new ProbeSet(folder.context());
    expect(await set.check(folder.configuration(['a', 'b']))).toEqual([]);
    expect(folder.fake.callsOf('attach').sort()).toEqual(['a.count', 'b.count']);
    expect(folder.fake.callsOf('close').sort()).toEqual(folder.fake.callsOf('open').sort());
    expect(set.statuses()).toEqual([]);
  });

  test('lists what the host does not support, found by loading or by attaching', async () => {
    enterPidNamespace();
    failHook('b');
    const unsupported = await new ProbeSet(folder.context()).check(folder.configuration(['a', 'b', 'tasks']));
    expect(unsupported.map(({ probe, reasons }) => [probe, reasons[0]!.code])).toEqual([
      ['b', 'HOOK_MISSING'],
      ['tasks', 'PID_NAMESPACE'],
    ]);
    expect(folder.fake.callsOf('close').sort()).toEqual(folder.fake.callsOf('open').sort());
  });

  test('fails for what should work, and leaves nothing loaded', async () => {
    failHook('b');
    rejectProgram('a');
    const check = new ProbeSet(folder.context()).check(folder.configuration(['a', 'b']));
    await expect(check).rejects.toMatchObject({ faults: [{ code: 'PROGRAM_REJECTED' }] });
    expect(folder.fake.callsOf('close').sort()).toEqual(folder.fake.callsOf('open').sort());
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

test('a scrape of some probes reads and shows only these', async () => {
  const set = await started('a', 'b');
  await set.collect(new Set(['b']));
  expect(set.statuses().map(({ lastScrape }) => lastScrape !== undefined)).toEqual([false, true]);
  expect(set.families(new Set(['b'])).map(({ name }) => name)).toEqual(['santabpf_b_total']);
  expect(set.statuses(new Set(['b'])).map(({ name }) => name)).toEqual(['b']);
});

test('close unloads every probe', async () => {
  const set = await started('a', 'b');
  set.close();
  expect(folder.fake.callsOf('close')).toEqual(['a', 'b']);
  expect(set.statuses()).toEqual([]);
});
