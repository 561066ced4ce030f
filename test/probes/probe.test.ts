import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Probe } from '../../src/probes/probe.js';
import { nativeError } from '../harness/fake_addon.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
});
afterEach(() => folder.remove());

async function attached(settings = ''): Promise<Probe> {
  folder.write('p', settings);
  const probe = await Probe.prepare(folder.context(), folder.probe('p'), '');
  await probe.attach();
  return probe;
}

const withoutHook = nativeError('ENOENT', 'attach program');

describe('the life of a probe', () => {
  test('is load, attach, close; the object is opened once', async () => {
    const probe = await attached();
    probe.close();
    probe.close();
    expect(folder.fake.calls).toEqual(['open p', 'load p', 'attach p.count', 'close p']);
  });

  test('is up without a place for its program, and says so', async () => {
    folder.fake.programs.set('p', [{ name: 'count', section: 'xdp' }]);
    const probe = await attached('programs: { attach: { count: { interfaces: ["santanone*"] } } }\n');
    expect(folder.fake.calls).toEqual(['open p', 'load p']);
    expect(probe.status()).toMatchObject({ state: 'up', reason: { code: 'HOOK_WAITS' } });
    probe.close();
  });

  test('has a status before the first scrape', async () => {
    const probe = await attached();
    expect(probe.status()).toMatchObject({
      name: 'p',
      summary: 'Counts.',
      state: 'up',
      programs: [{ name: 'count', section: 'tp_btf/sys_enter', missedRuns: 0 }],
    });
    expect(probe.status().lastScrape).toBeUndefined();
  });

  test('has series after a scrape, and none of them once closed', async () => {
    const probe = await attached();
    await probe.collect();
    expect(folder.scrapeFailures).toEqual([]);
    expect(probe.status()).toMatchObject({ series: 1, lastScrape: { success: true } });
    expect(probe.families()).toHaveLength(1);
    probe.close();
    expect(probe.families()).toEqual([]);
  });

  test('goes on after a scrape that failed', async () => {
    const probe = await attached();
    folder.fake.events.get('p')!.failure = new Error('EAGAIN');
    await probe.collect();
    expect(folder.scrapeFailures).toEqual(['p: Error: EAGAIN']);
    expect(probe.status()).toMatchObject({ state: 'up', lastScrape: { success: false } });
    await probe.collect();
    expect(probe.status()).toMatchObject({ lastScrape: { success: true } });
  });
});

describe('programs', () => {
  test('are replaced by the next alternative if their hook is missing', async () => {
    folder.fake.programs.set('p', [
      { name: 'first', section: 'tp_btf/new', attachFailure: withoutHook },
      { name: 'second', section: 'tp_btf/old' },
    ]);
    const probe = await attached('programs: { alternatives: [[first, second]] }\n');
    expect(probe.status().programs.map(({ name }) => name)).toEqual(['second']);
    expect(folder.fake.callsOf('attach')).toEqual(['p.first', 'p.second']);
  });

  test('that lockdown forbids say so, although their alternative is for another kernel', async () => {
    const rejected = (program: string, line: string) =>
      nativeError(
        'EACCES',
        'load object',
        `libbpf: prog '${program}': BPF program load failed\n-- BEGIN PROG LOAD LOG --\n${line}\n-- END PROG LOAD LOG --`,
      );
    folder.host = { ...folder.host, isConfidential: true };
    folder.fake.programs.set('p', [
      { name: 'first', section: 'tp_btf/x', loadFailure: rejected('first', 'unknown func bpf_probe_read_kernel#113') },
      { name: 'second', section: 'tp_btf/x', loadFailure: rejected('second', 'cannot access ptr member') },
    ]);
    await expect(attached('programs: { alternatives: [[first, second]] }\n')).rejects.toMatchObject({
      code: 'KERNEL_LOCKDOWN',
    });
  });

  test('are left out if they are optional', async () => {
    folder.fake.programs.set('p', [
      { name: 'count', section: 'tp_btf/old' },
      { name: 'extra', section: 'tp_btf/new', attachFailure: withoutHook },
    ]);
    const probe = await attached('programs: { optional: [extra] }\n');
    expect(probe.status().programs.map(({ name }) => name)).toEqual(['count']);
  });

  test('that the verifier rejects leave their whole log', async () => {
    const log = "libbpf: prog 'count': BPF program load failed\n-- BEGIN PROG LOAD LOG --\nno\n-- END PROG LOAD LOG --";
    folder.fake.programs.set('p', [
      { name: 'count', section: 'tp_btf/x', loadFailure: nativeError('EACCES', 'load object', log) },
    ]);
    await expect(attached()).rejects.toMatchObject({
      code: 'PROGRAM_REJECTED',
      message: 'The verifier of Linux 6.1.0 rejects program "count" (EACCES):\n    no',
    });
    expect(folder.logs).toEqual(['p: the whole log']);
    expect(folder.fake.callsOf('close')).toEqual(folder.fake.callsOf('open'));
  });
});

describe('the runs of programs', () => {
  test('are those that the program counts, unknown for others', async () => {
    folder.fake.programs.set('p', [
      { name: 'count', section: 'tp_btf/sys_enter' },
      { name: 'foreign', section: 'tp_btf/sys_exit' },
    ]);
    folder.fake.counts.set('count', [42, 0]);
    const probe = await attached();
    expect(probe.status().programs).toMatchObject([
      { name: 'count', runs: 42, runSeconds: 'unknown', cpuShare: 'unknown', nanosecondsPerRun: 'unknown' },
      { name: 'foreign', runs: 'unknown', runSeconds: 'unknown', cpuShare: 'unknown' },
    ]);
    expect(probe.status().programs.map(({ entrySeconds }) => entrySeconds)).toEqual(['unknown', 'unknown']);
    folder.fake.counts.set('count', [50, 0]);
    expect(probe.status().programs[0]).toMatchObject({ runs: 42 });
    await probe.collect();
    expect(probe.status().programs[0]).toMatchObject({ runs: 50 });
    await folder.hooks.calibrate();
    expect(probe.status().programs.map(({ entrySeconds }) => entrySeconds)).toEqual([2.5e-6, 'unknown']);
  });

  test('that the kernel skipped are missed, unless the twin took them over', async () => {
    folder.fake.programs.set('p', [
      { name: 'count', section: 'tp_btf/kfree_skb' },
      { name: 'count_nested', section: 'tp_btf/kfree_skb' },
      { name: 'count_classic', section: 'tp/skb/kfree_skb' },
      { name: 'sample', section: 'perf_event' },
    ]);
    folder.fake.counts.set('count_nested', [100, 7]);
    folder.fake.misses.set('count', 9).set('count_nested', 3);
    const probe = await attached(
      'programs: { nested: { count: count_nested }, attach: { sample: { event: cpu-clock, frequency: 9 } } }\n',
    );
    expect(probe.status().programs.map(({ name, missedRuns }) => [name, missedRuns])).toEqual([
      ['count', 2],
      ['count_nested', 0],
      // The fake kernel is 6.1, which does not count them.
      ['count_classic', 'unknown'],
      ['sample', 'unknown'],
    ]);
    // The counts are read one after the other: a counter must not go down for that.
    folder.fake.counts.set('count_nested', [101, 8]);
    await probe.collect();
    expect(probe.status().programs[0]).toMatchObject({ missedRuns: 2 });
  });

  test('have no counter if the program is not loaded', async () => {
    folder.fake.programs.set('p', [
      { name: 'first', section: 'tp_btf/new', attachFailure: withoutHook },
      { name: 'twin', section: 'tp_btf/new' },
      { name: 'second', section: 'tp_btf/old' },
    ]);
    for (const name of ['first', 'twin', 'second']) folder.fake.counts.set(name, [1, 0]);
    folder.fake.calls.length = 0;
    const probe = await attached('programs: { alternatives: [[first, second]], nested: { first: twin } }\n');
    expect(probe.status().programs.map(({ name }) => name)).toEqual(['second']);
    expect(folder.fake.callsOf('leave out')).toEqual(['p.runs_of_second', 'p.runs_of_first', 'p.runs_of_twin']);
  });
});

test('a probe says why a CPU is not sampled, and no more once it is', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    folder.fake.programs.set('p', [{ name: 'sample', section: 'perf_event' }]);
    const probe = await attached('programs: { perf_events: [{ program: sample, event: cpu-clock, frequency: 99 }] }\n');
    folder.fake.samplingFailure = nativeError('EMFILE', 'sample CPU');
    vi.advanceTimersByTime(1000);
    expect(probe.status()).toMatchObject({ state: 'up', reason: { code: 'ATTACH_FAILED' } });
    folder.fake.samplingFailure = undefined;
    vi.advanceTimersByTime(1000);
    expect(probe.status().reason).toBeUndefined();
    probe.close();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

describe('iterators', () => {
  test('run in their order before each read, and clear each map once', async () => {
    folder.fake.programs.set('p', [
      { name: 'unlisted', section: 'iter/bpf_map' },
      { name: 'second', section: 'iter/task' },
      { name: 'first', section: 'iter.s/task' },
    ]);
    const probe = await attached(
      'programs: { iterators: [{ program: first, fills: [events] }, { program: second, fills: [events] }] }\n',
    );
    folder.fake.calls.length = 0;
    await probe.collect();
    expect(folder.fake.calls).toEqual([
      'clear p.events',
      'clear p.events_other',
      'run p.first',
      'run p.second',
      'run p.unlisted',
    ]);
    expect(probe.status().programs).toContainEqual(expect.objectContaining({ name: 'first', runs: 1 }));
  });
});

test('a kernel without task storage loads the object without such maps', async () => {
  folder.fake.hasTaskStorage = false;
  await attached();
  expect(folder.fake.callsOf('leave out')).toEqual(['p.kept']);
});
