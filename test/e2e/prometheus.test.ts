import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningExporter, shippedProbePath, startExporter } from '../harness/exporter.js';
import { parseExposition } from '../harness/exposition_parser.js';
import { needs } from '../harness/requirements.js';
import { entriesOf, wordsOf } from './kernel_objects.js';
import { defaultProbes, fixtureNeeds, Scrape, tell, toldProbe } from './probes.js';
import { FormatProxy, PrometheusServer, type Result } from './prometheus_server.js';
import { until } from './until.js';

const kind = 8;
const formats = { text: 'text/plain', openmetrics: 'application/openmetrics-text;version=1.0.0' } as const;

/** Starts the default probes and the probe told, whose counts only `tell` changes. */
function startAll(): Promise<RunningExporter> {
  return startExporter({
    config: `probes: [told, ${defaultProbes.join(', ')}]\nprobe_path: [".", "${shippedProbePath}"]\n`,
    files: { 'told.yaml': toldProbe({ kind }) },
    patience: 30_000,
  });
}

/** The raw answer of a scrape, still compressed. */
function rawAnswer(
  url: string,
  headers: Record<string, string>,
): Promise<{ type: string; encoding: string; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(`${url}/metrics`, { headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const { 'content-type': type = '', 'content-encoding': encoding = '' } = answer.headers;
      resolve({ type, encoding, body: Buffer.concat(chunks) });
    })
      .on('error', reject)
      .end();
  });
}

/** The values of a query result by one label. */
function byLabel(label: string, results: readonly Result[]): Map<string, number> {
  return new Map(results.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]));
}

describe('the exposition of all default probes', needs({ ...fixtureNeeds, commands: ['bpftool', 'promtool'] }), () => {
  let exporter: RunningExporter;
  beforeAll(async () => {
    exporter = await startAll();
    tell(2, [1, 2, 3, 70_000], { kind });
  });
  afterAll(async () => void (await exporter?.stop()));

  it('passes promtool check metrics without output', async () => {
    const input = await exporter.get('/metrics', { accept: formats.text });
    expect(input.length).toBeGreaterThan(10_000);
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  it.each([
    ['text', 'parser'],
    ['openmetrics', 'openmetrics.parser'],
  ] as const)('in the format %s is parsed by the Python client with the same result', async (format, module) => {
    const input = await exporter.get('/metrics', { accept: formats[format] });
    const program = `
import json, sys
from prometheus_client.${module} import text_string_to_metric_families
text = sys.stdin.buffer.read().decode('utf-8', 'strict')
json.dump([[s.name, s.labels, s.value] for f in text_string_to_metric_families(text) for s in f.samples], sys.stdout)`;
    const python = spawnSync('/usr/bin/python3', ['-c', program], {
      input,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(python.stderr).toBe('');
    const ours = parseExposition(input, format).flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => [name, labels, value]),
    );
    expect(ours.length).toBeGreaterThan(300);
    expect(JSON.parse(python.stdout)).toEqual(ours);
  });

  it('has the same series in both formats', async () => {
    const names = async (format: keyof typeof formats) => {
      const families = parseExposition(await exporter.get('/metrics', { accept: formats[format] }), format);
      return families
        .flatMap(({ samples }) => samples)
        .filter(({ name }) => name.startsWith('santabpf_told') || !name.startsWith('santabpf_'))
        .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
        .sort();
    };
    expect(await names('openmetrics')).toEqual(await names('text'));
  });

  it.each(['text', 'openmetrics'] as const)('is the same with gzip, in the format %s', async (format) => {
    const accept = formats[format];
    // Concurrent scrapes share a read of the kernel, so their values are equal.
    const [plain, small] = await Promise.all([
      rawAnswer(exporter.url, { accept }),
      rawAnswer(exporter.url, { accept, 'accept-encoding': 'gzip' }),
    ]);
    expect({ plain: plain.encoding, small: small.encoding }).toEqual({ plain: '', small: 'gzip' });
    expect(small.type).toBe(plain.type);
    expect(small.body.length).toBeLessThan(plain.body.length / 4);
    const told = (text: string) => text.split('\n').filter((line) => line.includes('santabpf_told'));
    expect(told(gunzipSync(small.body).toString())).toEqual(told(plain.body.toString()));
    expect(gunzipSync(small.body).toString().split('\n').length).toBeGreaterThan(300);
  });
});

describe('Prometheus', needs({ ...fixtureNeeds, commands: ['bpftool', 'prometheus'] }), () => {
  let exporter: RunningExporter;
  let proxy: FormatProxy;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    exporter = await startAll();
    proxy = await FormatProxy.start(exporter.url);
    tell(3, [1, 2, 3, 10, 1000], { kind });
    tell(40, [100], { kind, command: 'say "hi"\\n' });
    // A probe has half of the interval before it is left out.
    prometheus = await PrometheusServer.start(
      {
        direct: `${exporter.url}/metrics`,
        text: `${proxy.url}/text`,
        openmetrics: `${proxy.url}/openmetrics`,
      },
      { interval: '3s' },
    );
    await until('all jobs to be scraped', async () => {
      const up = await prometheus.query('count_over_time(santabpf_told_calls_total[1m]) >= 2');
      return up.length === 3;
    });
  });
  afterAll(async () => {
    await prometheus?.stop();
    proxy?.stop();
    await exporter?.stop();
  });

  it('scrapes in both formats, compressed', async () => {
    expect(byLabel('job', await prometheus.query('up'))).toEqual(
      new Map([
        ['direct', 1],
        ['text', 1],
        ['openmetrics', 1],
      ]),
    );
    expect([...proxy.answered.get('/text')!]).toEqual(['text/plain; version=0.0.4; charset=utf-8 gzip']);
    expect([...proxy.answered.get('/openmetrics')!]).toEqual([
      'application/openmetrics-text; version=1.0.0; charset=utf-8 gzip',
    ]);
    for (const [job, target] of await prometheus.targets()) {
      expect({ job, ...target }).toEqual({ job, health: 'up', lastError: '' });
    }
  });

  it('stores the values in the kernel maps', async () => {
    const { pid } = exporter.process;
    const kernel = entriesOf(pid!, 'values');
    expect(kernel).toEqual(new Map([...[1, 2, 3, 10, 1000].map((value) => [value, 3] as const), [100, 40]]));
    const [sum, ...buckets] = wordsOf(pid!, 'sizes');
    for (const job of ['direct', 'text', 'openmetrics']) {
      const told = byLabel('value', await prometheus.query(`santabpf_told_total{job="${job}"}`));
      expect(told).toEqual(new Map([...kernel].map(([value, count]) => [String(value), count])));
      const only = async (expression: string) => Number((await prometheus.query(expression))[0]?.value[1]);
      expect(await only(`santabpf_told_sizes_sum{job="${job}"}`)).toBe(sum);
      expect(await only(`santabpf_told_sizes_count{job="${job}"}`)).toBe(buckets.reduce((all, one) => all + one, 0));
      const bounds = byLabel('le', await prometheus.query(`santabpf_told_sizes_bucket{job="${job}"}`));
      let below = 0;
      for (const [slot, count] of buckets.entries()) {
        below += count;
        const bound = slot === buckets.length - 1 ? '+Inf' : String(2 ** slot);
        const shown = [...bounds].find(([le]) => le === bound || Number(le) === Number(bound));
        expect({ job, bound, count: shown?.[1] }).toEqual({ job, bound, count: below });
      }
      const commands = byLabel('command', await prometheus.query(`santabpf_told_commands_total{job="${job}"}`));
      expect(commands).toEqual(
        new Map([
          ['teller', 15],
          ['say "hi"\\n', 40],
        ]),
      );
    }
  });

  it('has the same series from both formats', async () => {
    const identities = async (job: string) => {
      const all = await prometheus.series(
        `{job="${job}",__name__=~"santabpf_(told|probe|map|build|scrape|series|config).*"}`,
      );
      return all.map(({ job: _, instance: __, ...labels }) => JSON.stringify(Object.entries(labels).sort())).sort();
    };
    const text = await identities('text');
    expect(text.length).toBeGreaterThan(150);
    expect(await identities('openmetrics')).toEqual(text);
    expect(await identities('direct')).toEqual(text);
  });

  it('computes quantiles from the buckets', async () => {
    // 40 of 55 values are 100, in the bucket from 64 to 128, so the median is in that bucket.
    const [result] = await prometheus.query('histogram_quantile(0.5, santabpf_told_sizes_bucket{job="direct"})');
    expect(Number(result!.value[1])).toBeGreaterThan(64);
    expect(Number(result!.value[1])).toBeLessThan(128);
    const [latency] = await prometheus.query(
      'histogram_quantile(0.99, sum by (le) (santabpf_runqueue_wait_seconds_bucket{job="direct"}))',
    );
    expect(Number(latency?.value[1])).toBeGreaterThan(0);
  });

  it('shows type, help and unit', async () => {
    expect(await prometheus.metadata('santabpf_told_sizes')).toContainEqual({
      type: 'histogram',
      help: 'Sizes told.',
      unit: '',
    });
    const told = [
      ...(await prometheus.metadata('santabpf_told_total')),
      ...(await prometheus.metadata('santabpf_told')),
    ];
    expect(told).toContainEqual({ type: 'counter', help: 'Values told.', unit: '' });
  });

  it('counts exactly the sent values, without counter resets', async () => {
    tell(500, [100], { kind });
    const { pid } = exporter.process;
    expect(entriesOf(pid!, 'values').get(100)).toBe(540);
    await until('the next scrapes', async () => {
      const now = await prometheus.query('santabpf_told_total{value="100"} == 540');
      return now.length === 3;
    });
    const all = 'label_replace({__name__=~"santabpf_.+_total"}, "called", "$1", "__name__", "(.*)")';
    const resets = await prometheus.query(`resets(${all}[2m:500ms]) > 0`);
    expect(resets).toEqual([]);
  });

  it('reports no failed scrape, warning or rejected sample', async () => {
    const own = await prometheus.query(
      'santabpf_scrape_success{job="direct"} == 0 or santabpf_probe_state{job="direct",state="up"} == 0',
    );
    expect(own).toEqual([]);
    const warnings = prometheus
      .log()
      .split('\n')
      .filter((line) => /level=(warn|error)/.test(line));
    expect(warnings).toEqual([]);
    const response = await fetch(`${prometheus.url}/metrics`);
    const failures = (await response.text())
      .split('\n')
      .filter((line) => /^prometheus_target_scrapes_(sample_(duplicate|out_of)|exceeded)\S* [1-9]/.test(line));
    expect(failures).toEqual([]);
    expect(exporter.entries().filter(({ level }) => level !== 'info')).toEqual([]);
    expect((await Scrape.of(exporter)).sum('decode_errors_total')).toBe(0);
  });
});
