/**
 * Measures one Prometheus with the series of many hosts, for docs/scale.md.
 * Usage: node bench/scale/main.mjs URL [HOSTS] [INTERVAL] [SECONDS] [rules]
 * URL is the address of a running exporter, scraped twice, half a minute apart. Default: 200 hosts, scraped every 15 seconds,
 * for 150 seconds. With "rules" Prometheus also evaluates the rules of alerts/.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { movingLines, serve } from './simulated_hosts.mjs';

const [url = 'http://127.0.0.1:10225/metrics', ...numbers] = process.argv.slice(2);
const [hosts = 200, interval = 15, seconds = 150] = numbers.slice(0, 3).map(Number);
const withRules = numbers[3] === 'rules';
const hostsPort = 10290;
const prometheusPort = 10291;
const rules = fileURLToPath(new URL('../../alerts/rules', import.meta.url));

const earlier = await text(url);
await sleep(30_000);
const later = await text(url);
const lines = movingLines(earlier, later, 30);
const series = lines.filter(({ value }) => value !== undefined).length;
console.log(`one host: ${series} series, ${later.length} bytes for each scrape`);

const folder = mkdtempSync(join(tmpdir(), 'santabpf-scale-'));
const server = await serve(lines, hostsPort);
writeFileSync(join(folder, 'prometheus.yml'), configuration());
const prometheus = spawn(
  'prometheus',
  [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    '--web.enable-admin-api',
    '--log.level=error',
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
// Prometheus must not outlive this process.
process.once('exit', () => prometheus.kill('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  await sleep(15_000 + interval * 1000);
  const first = await measure();
  await sleep(seconds * 1000);
  const last = await measure();
  report(first, last, join(folder, 'data/snapshots', await takeSnapshot()));
} finally {
  prometheus.kill('SIGTERM');
  await new Promise((resolve) => prometheus.once('exit', resolve));
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
}

function configuration() {
  const targets = Array.from({ length: hosts }, (_, index) => ({
    targets: [`127.0.0.1:${hostsPort}`],
    labels: { instance: `host${index}`, __metrics_path__: `/host${index}` },
  }));
  // JSON is YAML.
  return JSON.stringify({
    global: { scrape_interval: `${interval}s`, evaluation_interval: '15s' },
    rule_files: withRules ? [join(rules, '*.yaml')] : [],
    scrape_configs: [{ job_name: 'santabpf', static_configs: targets }],
  });
}

async function measure() {
  const all = await text(`${prometheusUrl()}/metrics`);
  /** @param {string} name */
  const sum = (name) =>
    [...all.matchAll(new RegExp(`^${name}(?:\\{[^\\n]*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    at: performance.now() / 1000,
    samples: sum('prometheus_tsdb_head_samples_appended_total'),
    series: sum('prometheus_tsdb_head_series'),
    resident: sum('process_resident_memory_bytes'),
    heap: sum('go_memstats_heap_inuse_bytes'),
    cpu: sum('process_cpu_seconds_total'),
    rules: sum('prometheus_rule_group_last_duration_seconds'),
  };
}

/**
 * @param {Awaited<ReturnType<typeof measure>>} first
 * @param {Awaited<ReturnType<typeof measure>>} last
 * @param {string} snapshot
 */
function report(first, last, snapshot) {
  const elapsed = last.at - first.at;
  const samples = last.samples - first.samples;
  const sizes = sizesOf(snapshot);
  console.log(`hosts ${hosts}, every ${interval} s, for ${elapsed.toFixed(0)} s`);
  console.log(`series in memory     ${last.series}`);
  console.log(`samples per second   ${(samples / elapsed).toFixed(0)}`);
  console.log(`CPU                  ${((last.cpu - first.cpu) / elapsed).toFixed(3)} of one`);
  console.log(`CPU per sample       ${(((last.cpu - first.cpu) / samples) * 1e6).toFixed(2)} us`);
  console.log(
    `resident memory      ${(last.resident / 2 ** 20).toFixed(0)} MiB, heap in use ${(last.heap / 2 ** 20).toFixed(0)} MiB`,
  );
  console.log(`heap per series      ${(last.heap / last.series).toFixed(0)} bytes`);
  if (withRules) console.log(`one round of rules   ${(last.rules * 1000).toFixed(0)} ms`);
  console.log(
    `chunks               ${(sizes.chunks / last.samples).toFixed(2)} bytes per sample (${last.samples} samples)`,
  );
  console.log(`index                ${(sizes.index / last.series).toFixed(0)} bytes per series and block`);
}

/** @param {string} snapshot */
function sizesOf(snapshot) {
  const sizes = { chunks: 0, index: 0 };
  for (const entry of readdirSync(snapshot, { recursive: true }).map(String)) {
    const { size } = statSync(join(snapshot, entry));
    if (/chunks\/\d+$/.test(entry)) sizes.chunks += size;
    else if (entry.endsWith('/index')) sizes.index += size;
  }
  return sizes;
}

/** Makes Prometheus write its head as blocks. @returns the name of the snapshot */
async function takeSnapshot() {
  const response = await fetch(`${prometheusUrl()}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
  return /** @type {{ data: { name: string } }} */ (await response.json()).data.name;
}

function prometheusUrl() {
  return `http://127.0.0.1:${prometheusPort}`;
}

/** @param {string} address */
async function text(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.text();
}
