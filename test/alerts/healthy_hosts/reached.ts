import { metricOf } from './lengthened.js';
import type { Recording } from './recording.mjs';

/**
 * What a recorded load reached.
 *
 * @property busy share of the CPU time in use
 * @property shortLived share of the CPU time used by processes that lived less than a second
 * @property throttled by cgroup: share of its quota periods in which it was throttled
 * @property slowestWrites the highest p99 of block writes of a device within a minute, in seconds
 */
export interface Reached {
  readonly busy: number;
  readonly shortLived: number;
  readonly throttled: ReadonlyMap<string, number>;
  readonly slowestWrites: number;
}

/** Computes it from the counters, between the first and the last scrape. */
export function reached({ series, cpus, interval }: Recording): Reached {
  const rows = Object.entries(series).map(([name, values]) => ({ name, metric: metricOf(name), values }));
  const of = (metric: string) => rows.filter((row) => row.metric === metric);
  const scrapes = rows[0]?.values.length ?? 0;
  const seconds = interval * (scrapes - 1);
  const total = (metric: string) => of(metric).reduce((sum, { values }) => sum + increase(values, 0, scrapes - 1), 0);
  const throttled = new Map(
    of('santabpf_cgroup_cpu_periods_total').map(({ name, values }) => {
      const cgroup = label(name, 'cgroup');
      const row = of('santabpf_cgroup_cpu_throttled_periods_total').find(
        (other) => label(other.name, 'cgroup') === cgroup,
      );
      return [cgroup, increase(row?.values ?? [], 0, scrapes - 1) / increase(values, 0, scrapes - 1)];
    }),
  );
  const writes = of('santabpf_block_io_duration_seconds_bucket').filter(
    ({ name }) => label(name, 'operation') === 'write',
  );
  const minute = Math.round(60 / interval);
  const slowest = [...new Set(writes.map(({ name }) => label(name, 'device')))].flatMap((device) => {
    const buckets = writes.filter(({ name }) => label(name, 'device') === device);
    return Array.from({ length: scrapes - minute }, (_, from) => p99(buckets, from, from + minute));
  });
  return {
    busy: total('santabpf_cpu_seconds_total') / seconds / cpus,
    shortLived: total('santabpf_short_lived_cpu_seconds_total') / seconds / cpus,
    throttled,
    slowestWrites: Math.max(...slowest),
  };
}

type Values = readonly (number | null)[];

function increase(values: Values, from: number, to: number): number {
  return (values[to] ?? 0) - (values[from] ?? 0);
}

function label(series: string, name: string): string {
  return new RegExp(`[{,]${name}="([^"]*)"`).exec(series)?.[1] ?? '';
}

/** The lower bound of the bucket that holds the p99, so that it is never overstated; 0 without requests. */
function p99(buckets: readonly { readonly name: string; readonly values: Values }[], from: number, to: number): number {
  const counts = buckets
    .map(({ name, values }) => ({
      bound: Number(label(name, 'le').replace('+Inf', 'Infinity')),
      count: increase(values, from, to),
    }))
    .sort((one, other) => one.bound - other.bound);
  const rank = 0.99 * (counts.at(-1)?.count ?? 0);
  return counts.filter(({ count }) => count < rank).at(-1)?.bound ?? 0;
}
