import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortDuration, shortNumber, withUnit } from '../../src/top/numbers.js';
import { ratesOf } from '../../src/top/rates.js';
import { readSamples } from '../../src/top/samples.js';
import type { Screen } from '../../src/top/screen.js';
import { aligned, seriesTable } from '../../src/top/tables.js';
import { ratesAsJson, top } from '../../src/top/top.js';

const page = (factor: number) => `# HELP santabpf_opens_total Files opened.
# TYPE santabpf_opens_total counter
santabpf_opens_total{command="cc1",user="build"} ${10 * factor}
santabpf_opens_total{command="a \\"b\\"\\n\\u202e",user="root"} ${100 * factor}
santabpf_opens_total{command="idle",user="root"} 7
# HELP santabpf_wait_seconds Time waited.
# TYPE santabpf_wait_seconds histogram
santabpf_wait_seconds_bucket{disk="sda",le="0.001"} ${98 * factor}
santabpf_wait_seconds_bucket{disk="sda",le="0.01"} ${100 * factor}
santabpf_wait_seconds_bucket{disk="sda",le="+Inf"} ${100 * factor}
santabpf_wait_seconds_sum{disk="sda"} ${0.2 * factor}
santabpf_wait_seconds_count{disk="sda"} ${100 * factor}
# TYPE santabpf_quota_ratio gauge
santabpf_quota_ratio{unit="x.service"} 0.5
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${factor}
`;

const before = readSamples(page(1));
const now = readSamples(page(3));

describe('readSamples', () => {
  it('reads families with their types, and histograms as one series', () => {
    expect([...now.values()].map(({ name, type, series }) => [name, type, series.size])).toEqual([
      ['santabpf_opens_total', 'counter', 3],
      ['santabpf_wait_seconds', 'histogram', 1],
      ['santabpf_quota_ratio', 'gauge', 1],
      ['process_cpu_seconds_total', 'counter', 1],
    ]);
    const [wait] = now.get('santabpf_wait_seconds')!.series.values();
    expect(wait).toMatchObject({
      labels: [['disk', 'sda']],
      value: 300,
      buckets: [
        [0.001, 294],
        [0.01, 300],
        [Infinity, 300],
      ],
    });
    expect(wait!.sum).toBeCloseTo(0.6);
  });

  it('leaves out lines that are no samples', () => {
    expect(readSamples('\nnonsense\n# EOF\n{}').size).toBe(0);
  });
});

describe('ratesOf', () => {
  it('is the growth per second, the largest first', () => {
    const rows = ratesOf(now.get('santabpf_opens_total')!, before.get('santabpf_opens_total'), 2);
    expect(rows.map(({ rate, value }) => [rate, value])).toEqual([
      [100, 300],
      [10, 30],
      [0, 7],
    ]);
  });

  it('adds up by labels', () => {
    const rows = ratesOf(now.get('santabpf_opens_total')!, before.get('santabpf_opens_total'), 2, ['user']);
    expect(rows.map(({ labels, rate, value }) => [labels, rate, value])).toEqual([
      [[['user', 'root']], 100, 307],
      [[['user', 'build']], 10, 30],
    ]);
  });

  it('takes a counter that began anew from zero', () => {
    const [first] = ratesOf(before.get('santabpf_opens_total')!, now.get('santabpf_opens_total'), 1);
    expect(first!.rate).toBe(100);
  });

  it('has the average and a bound of the 99th percentile of a histogram', () => {
    const [row] = ratesOf(now.get('santabpf_wait_seconds')!, before.get('santabpf_wait_seconds'), 2);
    expect(row).toMatchObject({ rate: 100, value: 300, p99: 0.01 });
    expect(row!.average).toBeCloseTo(0.002);
  });
});

it.each([
  [0, '0'],
  [0.0004, '4.0e-4'],
  [12.345, '12.3'],
  [999.9, '1000'],
  [1234, '1.23k'],
  [999_999, '1M'],
  [5.2e9, '5.2G'],
  [Infinity, 'inf'],
])('writes %d as %s', (value, text) => expect(shortNumber(value)).toBe(text));

it('writes durations and sizes with their units', () => {
  expect([0, 0.0021, 3.2e-7, 12].map(shortDuration)).toEqual(['0 s', '2.1 ms', '320 ns', '12 s']);
  expect(withUnit(2048, 'santabpf_read_bytes_total')).toBe('2.05k B');
  expect(withUnit(2048, 'santabpf_reads_total')).toBe('2.05k');
});

it('aligns numbers to the right, and shows hidden characters of labels', () => {
  const family = now.get('santabpf_opens_total')!;
  const table = seriesTable(family, before.get(family.name), { seconds: 2, rows: 2 });
  const [titles, first, second] = aligned(table, 80);
  expect(titles).toMatch(/^ RATE {2}TOTAL {2}COMMAND +USER$/);
  expect(first).toMatch(/^100\/s {4}300 {2}a "b"\\x0a.* root$/);
  expect(second).toMatch(/^ 10\/s {5}30 {2}cc1 +build$/);
  expect(aligned(table, 8)[0]).toBe(' RATE  T');
});

describe('top', () => {
  let server: Server;
  let url: URL;
  let factor = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/metrics') response.end(page(++factor));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function drawn(metric?: string): Promise<string[]> {
    const lines: string[] = [];
    const screen: Screen = {
      size: () => ({ columns: 100, rows: 20 }),
      draw: (table) => lines.push(...table),
      announce: () => {},
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds, false)),
      close: () => {},
    };
    await top({ url, metric, by: undefined, seconds: 0.02, count: 1 }, screen);
    return lines;
  }

  it('lists the metrics of the host that grew, with who did most', async () => {
    const lines = await drawn();
    expect(lines[0]).toMatch(/metrics that grew in the last \d+\.\d s$/);
    expect(lines.slice(2).map((line) => line.trim().split(/ {2,}/).slice(1, 3))).toEqual([
      ['METRIC', 'MOST'],
      ['santabpf_opens_total', '91 %'],
      ['santabpf_wait_seconds', '100 %'],
    ]);
  });

  it('finds a metric without its prefix, and shows its series', async () => {
    const lines = await drawn('wait_seconds');
    expect(lines[0]).toMatch(/^santabpf_wait_seconds \(histogram\) of 127\.0\.0\.1:\d+, the last \d+\.\d s, 1 series$/);
    expect(lines.slice(1)).toEqual([
      'Time waited.',
      expect.stringMatching(/^ *RATE {2}AVERAGE {2}P99 <= {2}DISK$/),
      expect.stringContaining('2 ms   10 ms  sda'),
    ]);
  });

  it('names the nearest metric', async () => {
    await expect(drawn('opens_totl')).rejects.toThrow('has no metric "opens_totl"');
    await expect(drawn('santabpf_opens_totl')).rejects.toMatchObject({ remedy: 'Did you mean santabpf_opens_total?' });
  });

  it('says which address does not answer', async () => {
    const refused = top(
      { url: new URL('http://127.0.0.1:1/metrics'), metric: undefined, by: undefined, seconds: 1, count: 1 },
      {} as Screen,
    );
    await expect(refused).rejects.toThrow('No metrics can be read from http://127.0.0.1:1/metrics: ECONNREFUSED');
    const missing = top(
      { url: new URL('/other', url), metric: undefined, by: undefined, seconds: 1, count: 1 },
      {} as Screen,
    );
    await expect(missing).rejects.toThrow('it answered 404 Not Found');
  });

  it('answers JSON', async () => {
    const answer = (await ratesAsJson({
      url,
      metric: 'santabpf_opens_total',
      by: ['command'],
      seconds: 0.02,
      count: 1,
    })) as {
      metrics: { name: string; series: { labels: object; value: number }[] }[];
    };
    expect(answer.metrics.map(({ name }) => name)).toEqual(['santabpf_opens_total']);
    expect(answer.metrics[0]!.series[1]!.labels).toEqual({ command: 'cc1' });
    expect(answer.metrics[0]!.series[1]).toHaveProperty('rate');
  });

  it('answers no rate of a gauge', async () => {
    const options = { url, metric: 'santabpf_quota_ratio', by: undefined, seconds: 0.02, count: 1 };
    expect(await ratesAsJson(options)).toMatchObject({
      metrics: [{ type: 'gauge', series: [{ labels: { unit: 'x.service' }, value: 0.5 }] }],
    });
    expect(JSON.stringify(await ratesAsJson(options))).not.toContain('rate"');
  });
});
