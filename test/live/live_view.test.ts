import { describe, expect, it, vi } from 'vitest';
import { LiveView } from '../../src/live/live_view.js';
import type { Family } from '../../src/metrics/family.js';
import { Pacer } from '../../src/metrics/pacer.js';

/** Counters, by the text of their series. */
function counters(name: string, values: Readonly<Record<string, number>>): Family {
  const texts = Object.keys(values).map((labels) => Buffer.from(`${name}${labels}`));
  const starts = texts.map((_, index) => texts.slice(0, index).reduce((sum, text) => sum + text.length, 0));
  const series = {
    arena: Buffer.concat(texts),
    scratch: 0,
    starts: Uint32Array.from(starts),
    lengths: Uint32Array.from(texts, (text) => text.length),
    order: Uint32Array.from(texts.keys()),
  };
  const samples = { kind: 'scalar', series, values: Float64Array.from(Object.values(values)), per: 10 } as const;
  return { name, type: 'counter', help: '', isEmpty: false, samples };
}

function histogram(name: string, counts: readonly number[]): Family {
  const { samples, ...rest } = counters(name, { '{device="a"}': 0, '{device="b"}': 0 });
  const values = Float64Array.from([...counts, 7, ...counts, 7]);
  const { series } = samples;
  return {
    ...rest,
    type: 'histogram',
    samples: { kind: 'histogram', series, values, per: 1, width: counts.length + 1, bounds: [1, 2], hasSum: true },
  };
}

function viewAt(): { view: LiveView; clock: { now: number } } {
  const clock = { now: 1000 };
  const now = () => clock.now;
  return { view: new LiveView({ now, cpus: () => 4, pacer: new Pacer(now) }), clock };
}

describe('what the host does now', () => {
  it('has no rates at the first reading', async () => {
    const { view } = viewAt();
    const digest = await view.read([counters('p_file_opens_total', { '{command="a"}': 70 })], 'p_');
    expect(digest).toMatchObject({ seconds: null, cpus: 4, panels: [], heatmaps: [] });
  });

  it('is the growth per second of each label set, the largest first', async () => {
    const { view, clock } = viewAt();
    await view.read(
      [counters('p_file_opens_total', { '{command="a"}': 70, '{command="b"}': 10, '{command="still"}': 5 })],
      'p_',
    );
    clock.now += 2000;
    const values = { '{command="a"}': 90, '{command="b"}': 110, '{command="still"}': 5, '{command="new"}': 20 };
    const digest = await view.read([counters('p_file_opens_total', values)], 'p_');
    expect(digest.seconds).toBe(2);
    expect(digest.panels).toEqual([
      {
        id: 'opens',
        total: 7,
        rows: [
          { labels: { command: 'b' }, rate: 5 },
          { labels: { command: 'a' }, rate: 1 },
          { labels: { command: 'new' }, rate: 1 },
        ],
      },
    ]);
  });

  it('adds up series and metrics that differ in other labels than who', async () => {
    const { view, clock } = viewAt();
    const read = (opened: number, accepted: number) =>
      view.read(
        [
          counters('p_tcp_connections_opened_total', {
            '{command="a",peer_port="80"}': opened,
            '{command="a",peer_port="443"}': opened,
          }),
          counters('p_tcp_connections_accepted_total', { '{command="a"}': accepted }),
        ],
        'p_',
      );
    await read(0, 0);
    clock.now += 1000;
    expect((await read(10, 30)).panels).toEqual([
      { id: 'connections', total: 5, rows: [{ labels: { command: 'a' }, rate: 5 }] },
    ]);
  });

  it('is the growth since the last reading of the probe, which may have been late for some', async () => {
    const { view, clock } = viewAt();
    const opens = (count: number) => counters('p_file_opens_total', { '{command="a"}': count });
    await view.read([opens(0)], 'p_');
    clock.now += 1000;
    expect((await view.read([], 'p_')).panels).toEqual([]);
    clock.now += 1000;
    const digest = await view.read([opens(40)], 'p_');
    expect(digest.seconds).toBe(1);
    expect(digest.panels).toEqual([{ id: 'opens', total: 2, rows: [{ labels: { command: 'a' }, rate: 2 }] }]);
  });

  it('begins anew when a counter has', async () => {
    const { view, clock } = viewAt();
    await view.read([counters('p_execs_total', { '{command="a"}': 500 })], 'p_');
    clock.now += 1000;
    const digest = await view.read([counters('p_execs_total', { '{command="a"}': 20 })], 'p_');
    expect(digest.panels[0]!.total).toBe(2);
  });

  it('has the new observations of a histogram, of all series together', async () => {
    const { view, clock } = viewAt();
    await view.read([histogram('p_runqueue_wait_seconds', [1, 1, 1])], 'p_');
    clock.now += 1000;
    const { heatmaps } = await view.read([histogram('p_runqueue_wait_seconds', [1, 4, 2])], 'p_');
    expect(heatmaps).toEqual([{ id: 'runqueue', bounds: [1, 2], counts: [0, 6, 2] }]);
  });

  it('forgets what it has read when nobody looks any more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { view, clock } = viewAt();
      await view.read([counters('p_execs_total', { '{command="a"}': 10 })], 'p_');
      vi.advanceTimersByTime(61_000);
      clock.now += 61_000;
      const digest = await view.read([counters('p_execs_total', { '{command="a"}': 20 })], 'p_');
      expect(digest).toMatchObject({ seconds: null, panels: [] });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is JSON', async () => {
    const { view } = viewAt();
    const chunks: Buffer[] = [];
    for await (const chunk of view.render([], '')) chunks.push(chunk);
    expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ seconds: null });
  });
});
