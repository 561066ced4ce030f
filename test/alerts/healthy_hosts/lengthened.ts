import type { Recording } from './recording.mjs';

/** A part of a host's life: a recorded load, repeated for some minutes. */
export interface Phase {
  readonly recording: Recording;
  readonly minutes: number;
}

type Values = readonly (number | null)[];

/**
 * Joins recordings to the life of one host: counters continue with the recorded increments, again and again, and gauges with the recorded values.
 *
 * @param phases in order; all recordings have the same interval
 * @param metrics only series of these metrics; default: all
 * @returns values by series, one per scrape; null where a scrape does not have the series
 */
export function lengthened(phases: readonly Phase[], metrics?: ReadonlySet<string>): Map<string, Values> {
  const lengths = phases.map(({ recording, minutes }) => Math.round((minutes * 60) / recording.interval));
  const gauges = new Set(phases.flatMap(({ recording }) => recording.gauges));
  const names = new Set(phases.flatMap(({ recording }) => Object.keys(recording.series)));
  const series = new Map<string, Values>();
  for (const name of names) {
    const metric = metricOf(name);
    if (metrics && !metrics.has(metric)) continue;
    const isGauge = gauges.has(metric);
    const parts = phases.map(({ recording }, phase) => {
      const values = recording.series[name] ?? [];
      return repeated(isGauge ? values : increments(values), lengths[phase] ?? 0);
    });
    series.set(name, isGauge ? parts.flat() : accumulated(parts));
  }
  return series;
}

/** The metric of a series with labels. */
export function metricOf(series: string): string {
  return /^\w+/.exec(series)?.[0] ?? series;
}

/** The first value, then the others again and again, so that no step leads from the last value to the first. */
function repeated(values: Values, length: number): Values {
  return Array.from(
    { length },
    (_, scrape) => values[scrape === 0 ? 0 : 1 + ((scrape - 1) % (values.length - 1))] ?? null,
  );
}

/** What a counter adds at each scrape. One that is new, back, or lower than before starts from 0. */
function increments(values: Values): Values {
  return values.map((value, scrape) => {
    const before = values[scrape - 1] ?? 0;
    return value === null ? null : value - (value < before ? 0 : before);
  });
}

/** One counter from the increments of its phases. What a phase had counted before its recording does not count in a host that ran before. */
function accumulated(phases: readonly Values[]): Values {
  let total: number | null = null;
  return phases.flatMap((values, phase) =>
    values.map((value, scrape) => {
      if (value !== null) total = (total ?? 0) + (phase > 0 && scrape === 0 ? 0 : value);
      return total;
    }),
  );
}
