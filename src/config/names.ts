/** Valid names: the rules of Prometheus, and the rules that keep two series from having one name. */

import { ownMetricNames } from './own_metric_names.js';

export const probeName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
export const symbolName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
/** A map of the object, or a section of its global variables: `.bss`, `.data`, `.data.stats`. */
export const mapName = /^(?:[A-Za-z_][A-Za-z0-9_]{0,127}|\.(?:bss|data|rodata)(?:\.[A-Za-z0-9_.]{1,64})?)$/;
/** A type of C without pointers and arrays: `u64`, `unsigned int`, `struct key`. */
export const cType = /^[A-Za-z_]\w{0,127}(?: [A-Za-z_]\w{0,127}){0,3}$/;
/** A struct as in C: `struct { u32 pid; char comm[16]; }`. `__attribute__((packed))` may follow. */
export const structText = /^struct\s*\{[^{}]{1,8000}\}(?:\s*__attribute__\(\(packed\)\))?$/;
/** A path into a key or value: `a`, `a.b`, `a[0]`, `[1].b`. */
export const fieldPath = /^(?:[A-Za-z_]\w*|\[\d+\])(?:\.[A-Za-z_]\w*|\[\d+\])*$/;
/** The path of a metric's value, which may have one array with all its elements: `counts[]`, `a.hists[].slots`. */
export const valuePath = /^(?!.*\[\].*\[\])(?:[A-Za-z_]\w*|\[\d*\])(?:\.[A-Za-z_]\w*|\[\d*\])*$/;
export const metricName = /^[a-zA-Z_][a-zA-Z0-9_]{0,199}$/;
export const labelName = /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;
export const metricPrefix = /^(?:[a-zA-Z_][a-zA-Z0-9_]{0,49})?$/;

/** Suffixes that the exposition formats give to the samples of a histogram and to creation times. */
export const reservedSuffix = /_(?:count|sum|bucket|created)$/;

/** Names of series that the exporter or Prometheus itself writes. */
const writtenByOthers = [
  ...Object.values(ownMetricNames),
  'up',
  'ALERTS',
  'ALERTS_FOR_STATE',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];

/**
 * Every name a metric takes up: of its samples, and of its family in OpenMetrics, where a counter's family goes without
 * `_total`. Two metrics that share one of these cannot be told apart by a reader.
 */
export function claimedNames(fullName: string, type: string): string[] {
  if (type === 'counter') return [fullName, fullName.replace(/_total$/, '')];
  if (type === 'histogram') return [fullName, `${fullName}_bucket`, `${fullName}_count`, `${fullName}_sum`];
  return [fullName];
}

const reserved = new Set(
  writtenByOthers.flatMap((name) => claimedNames(name, name.endsWith('_total') ? 'counter' : 'gauge')),
);

/** Whether a metric would be taken for one of the exporter's, of the process or of Prometheus itself. */
export function isReserved(fullName: string, type: string): boolean {
  return claimedNames(fullName, type).some((name) => reserved.has(name)) || /^(?:process|nodejs)_/.test(fullName);
}
