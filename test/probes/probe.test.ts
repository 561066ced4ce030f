import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
  test('is load, attach, close; the object that was read for its types is closed first', async () => {
    const probe = await attached();
    probe.close();
    probe.close();
    expect(folder.fake.calls).toEqual(['open p', 'close p', 'open p', 'load p', 'attach p.count', 'close p']);
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
