import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * Series of a host, scraped at a fixed interval.
 *
 * @typedef {object} Recording
 * @property {string} story what the host did
 * @property {string} kernel its release
 * @property {number} cpus
 * @property {number} interval seconds between scrapes
 * @property {number} scrapes
 * @property {readonly string[]} gauges names of the metrics that are gauges; all others are counters
 * @property {Readonly<Record<string, readonly (number | null)[]>>} series by name with labels, as in the text format: one value per scrape, null where it was missing
 */

/** Collects the chosen metrics of scrapes in the text format 0.0.4. The start of the process is kept relative to the first scrape. */
export class Recorder {
  #metrics;
  #began = Date.now() / 1000;
  #scrapes = 0;
  /** @type {Set<string>} */
  #gauges = new Set();
  /** @type {Map<string, (number | null)[]>} */
  #series = new Map();

  /** @param {ReadonlySet<string>} metrics names as in samples, such as `x_bucket` */
  constructor(metrics) {
    this.#metrics = metrics;
  }

  /** @param {string} page of one scrape */
  add(page) {
    for (const line of page.split('\n')) {
      const type = /^# TYPE (\w+) gauge$/.exec(line);
      if (type && this.#metrics.has(type[1] ?? '')) this.#gauges.add(type[1] ?? '');
      const metric = /^\w+/.exec(line)?.[0];
      if (metric === undefined || !this.#metrics.has(metric)) continue;
      const end = line.lastIndexOf(' ');
      const series = line.slice(0, end);
      const values = this.#series.get(series) ?? Array(this.#scrapes).fill(null);
      this.#series.set(series, values);
      const value = Number(line.slice(end + 1));
      values.push(metric === 'process_start_time_seconds' ? Math.round(value - this.#began) : value);
    }
    this.#scrapes++;
    for (const values of this.#series.values()) if (values.length < this.#scrapes) values.push(null);
  }

  /** @returns {Pick<Recording, 'gauges' | 'series'>} */
  result() {
    return { gauges: [...this.#gauges].sort(), series: Object.fromEntries(this.#series) };
  }
}

/**
 * @param {string} file
 * @param {Recording} recording
 * @returns {number} bytes written
 */
export function write(file, recording) {
  const bytes = gzipSync(JSON.stringify(recording), { level: 9 });
  writeFileSync(file, bytes);
  return bytes.length;
}

/** @param {string} file @returns {Recording} */
export function read(file) {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}
