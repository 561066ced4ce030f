/**
 * Cost of a scrape from the bytes of a map to the bytes of the exposition: updates and renders synthetic snapshots, without
 * the kernel and HTTP.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricBinding } from '../src/decode/metric_binding.js';
import { render } from '../src/exposition/render.js';
import type { MapReader, MapSnapshot } from '../src/maps/map_reader.js';
import { Pacer } from '../src/metrics/pacer.js';
import { ProbeMetrics } from '../src/metrics/probe_metrics.js';
import { Scrape } from '../src/probes/scrape.js';

const keySize = 24;
const rounds = 30;
const commands = ['nginx', 'postgres', 'kworker/u8:2', 'systemd-journal', 'node', 'bash'];

/** A hash map of counters, or of histograms with `slots` slots, in which every value changes between reads. */
class SyntheticMap implements MapReader {
  readonly name = 'events';
  readonly type = 'hash';
  readonly keySize = keySize;
  readonly valueSize: number;
  readonly valueStride: number;
  readonly cpus = 1;
  readonly maxEntries: number;
  readonly #values: BigUint64Array;
  readonly #keys: Buffer;
  readonly #rows: Uint32Array;
  #isFirst = true;

  constructor(entries: number, words: number) {
    this.maxEntries = 2 * entries; // when three quarters are in use, entries leave
    this.valueSize = words * 8;
    this.valueStride = this.valueSize;
    this.#values = BigUint64Array.from({ length: entries * words }, (_, index) => BigInt(100_000 + index * 97));
    this.#rows = Uint32Array.from({ length: entries }, (_, index) => index);
    this.#keys = Buffer.alloc(entries * keySize);
    for (let index = 0; index < entries; index++) {
      this.#keys.writeUInt32LE(1000 + index, index * keySize);
      this.#keys.writeUInt32LE(index % 26, index * keySize + 4);
      this.#keys.write(commands[index % commands.length]!, index * keySize + 8);
    }
  }

  async read(): Promise<MapSnapshot> {
    for (let index = 0; index < this.#values.length; index++) this.#values[index]! += BigInt(1 + (index % 7));
    const count = this.#rows.length;
    const added = this.#isFirst ? count : 0;
    this.#isFirst = false;
    return {
      count,
      rows: this.#rows,
      rowLimit: count,
      values: new Uint8Array(this.#values.buffer),
      addedRows: this.#rows.subarray(0, added),
      addedKeys: this.#keys.subarray(0, added * keySize),
      goneRows: new Uint32Array(0),
    };
  }

  async take(): Promise<undefined> {}
}

function bindingOf(slots: number): MetricBinding {
  const value: MetricBinding['value'] =
    slots === 0
      ? { kind: 'number', field: { offset: 0, size: 8, signed: false } }
      : {
          kind: 'histogram',
          field: { sum: { offset: 0, size: 8, signed: false }, buckets: { offset: 8, count: slots, size: 8 } },
        };
  const names = ['pid', 'command', 'device', 'operation'];
  return {
    spec: {
      name: slots === 0 ? 'bench_events_total' : 'bench_seconds',
      type: slots === 0 ? 'counter' : 'histogram',
      help: 'Synthetic.',
      map: 'events',
      labels: Object.fromEntries(names.map((name) => [name, { from: 'key' as const }])),
      limit: 1_000_000,
      ...(slots > 0 && { unit: 'ns' as const }),
    },
    map: 'events',
    value,
    labels: {
      names,
      overflow: names.map(() => 'other'),
      usesValue: false,
      prepare: () => undefined,
      decode(bytes) {
        const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const end = key.indexOf(0, 8);
        const pid = key.readUInt32LE(0);
        return [
          String(pid),
          key.toString('latin1', 8, end < 0 ? keySize : end),
          `sd${String.fromCharCode(97 + key[4]!)}`,
          pid % 2 ? 'read' : 'write',
        ];
      },
    },
  };
}

async function measure(title: string, entries: number, slots: number): Promise<void> {
  const map = new SyntheticMap(entries, slots === 0 ? 1 : slots + 1);
  const pacer = new Pacer(() => performance.now());
  const readers = new Map([['events', map]]);
  const metrics = new ProbeMetrics([bindingOf(slots)], readers, { prefix: 'santabpf_', pacer });
  const scrape = new Scrape({ refresh: async () => {}, readers, metrics, pacer });
  globalThis.gc?.();
  const before = rssAnon();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const firstStart = performance.now();
  await scrape.run();
  const firstCollect = performance.now() - firstStart;
  let bytes = await size(metrics, pacer);
  delay.disable();
  const firstDelay = delay.max / 1e6;
  const collects: number[] = [];
  const renders: number[] = [];
  delay.reset();
  delay.enable();
  for (let round = 0; round < rounds; round++) {
    const reading = map.read.bind(map);
    const snapshot = await reading();
    map.read = async () => snapshot;
    const start = performance.now();
    await scrape.run();
    const middle = performance.now();
    bytes = await size(metrics, pacer);
    renders.push(performance.now() - middle);
    collects.push(middle - start);
    map.read = reading;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  delay.disable();
  globalThis.gc?.();
  const row = [
    title.padEnd(34),
    firstCollect.toFixed(1).padStart(9),
    firstDelay.toFixed(1).padStart(9),
    ...[collects, renders]
      .flatMap((times) => [Math.min(...times), median(times)])
      .map((ms) => ms.toFixed(2).padStart(9)),
    (delay.max / 1e6).toFixed(1).padStart(9),
    (bytes / 1e6).toFixed(2).padStart(9),
    ((rssAnon() - before) / 1024).toFixed(1).padStart(9),
  ];
  console.log(row.join(' '));
}

async function size(metrics: ProbeMetrics, pacer: Pacer): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of render(metrics.families, 'text', pacer)) chunks.push(chunk);
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Anonymous resident memory, in kB. */
function rssAnon(): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}

const columns = ['first ms', 'stall ms', 'collect', '(median)', 'render', '(median)', 'stall ms', 'MB', 'RssAnon'];

export async function exposition(sizes: readonly number[]): Promise<void> {
  console.log(''.padEnd(34), ...columns.map((column) => column.padStart(9)));
  for (const series of sizes) await measure(`${series} counters`, series, 0);
  await measure('2000 histograms of 28 slots', 2000, 28);
}
