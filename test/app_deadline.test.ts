import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Application } from '../src/app.js';
import { application, page, turn } from './harness/application.js';
import { eventually, gate } from './harness/waiting.js';
import { ProbeFolder } from './probes/probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  for (const name of ['a', 'b']) folder.write(name);
});
afterEach(() => folder.remove());

describe('a probe that misses its deadline', () => {
  let end: () => void;
  beforeEach(() => {
    const { promise, open } = gate();
    end = open;
    folder.fake.programs.set('b', [{ name: 'walk', section: 'iter/task' }]);
    folder.fake.held.set('walk', promise);
  });
  afterEach(() => vi.useRealTimers());

  /** A page whose deadline passes once probe `a` has been read. */
  async function latePage(exporter: Application): Promise<string> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const events = folder.fake.events.get('a')!;
    const before = events.reads;
    const text = page(exporter);
    while (events.reads === before) await turn();
    for (let turns = 0; turns < 5; turns++) await turn();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    return await text;
  }

  test('is left out of the page, with a metric and one line in the log', async () => {
    const { exporter, lines } = application(folder);
    await exporter.start(folder.configuration(['a', 'b']));
    for (let scrape = 0; scrape < 2; scrape++) {
      const text = await latePage(exporter);
      expect(text).toContain('santabpf_a_total{key="1"} 5\n');
      expect(text).not.toContain('santabpf_b_total{');
      expect(text).toContain('santabpf_scrape_success{probe="a"} 1\n');
      expect(text).toContain('santabpf_scrape_success{probe="b"} 0\n');
    }
    expect(lines).toMatchObject([{ level: 40, probe: 'b', err: { code: 'PROBE_LATE' } }]);
    end();
    await exporter.close();
  });

  test('delays neither a reload nor the end', async () => {
    const { exporter } = application(folder, ['a']);
    await exporter.start(folder.configuration(['a', 'b']));
    await latePage(exporter);
    await exporter.reload();
    expect(folder.fake.calls.at(-1)).toBe('close b');
    await exporter.close();
  });

  test('is not waited for at the end, however long the deadline is', async () => {
    const { exporter } = application(folder);
    await exporter.start(folder.configuration(['b'], 'probe_deadline: 1m\n'));
    const scrape = exporter.scrape();
    await eventually(() => folder.fake.callsOf('run').length > 0);
    await exporter.close();
    await scrape;
    expect(folder.fake.calls.at(-1)).toBe('close b');
  });

  test('has half of the scrape timeout of a client in a hurry, but never next to nothing', async () => {
    const { exporter } = application(folder);
    await exporter.start(folder.configuration(['a'], 'probe_deadline: 2s\n'));
    const timeouts = [undefined, 10_000, 3000, 2999, 1];
    expect(timeouts.map((timeout) => exporter.probeDeadline(timeout))).toEqual([2000, 2000, 1500, 1400, 100]);
    await exporter.close();
  });
});
