import { durationOf, inWords } from './durations.js';

/** The windows of queries, which depend on the scrape interval. */
export interface Windows {
  /** Seconds between two scrapes. */
  readonly interval: number;
  /** Window of a rate: `1m` or longer. Names of recording rules end with it: `rate1m`. */
  readonly rate: string;
  readonly rateSeconds: number;
  /** Window in which single events are counted: `5m` or longer. */
  readonly events: string;
  /** That window in seconds, and in words. */
  readonly eventsSeconds: number;
  readonly eventsText: string;
  /** Regular expression for the jobs of the exporters. */
  readonly job: string;
  /** Selects the exporters: a matcher of the label `job`. */
  readonly exporters: string;
}

/** The windows for a scrape interval in seconds. A rate needs two scrapes; four tolerate a missed one and jitter. */
export function windowsOf(interval: number, job: string): Windows {
  const rate = Math.max(60, 4 * interval);
  const events = Math.max(300, 4 * interval);
  return {
    interval,
    rate: durationOf(rate),
    rateSeconds: rate,
    events: durationOf(events),
    eventsSeconds: events,
    eventsText: inWords(events),
    job,
    exporters: `job=~"${job}"`,
  };
}
