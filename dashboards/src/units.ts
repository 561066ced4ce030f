/** How each quantity reads on axes, in legends and in cells: the ids of Grafana's units. */
export const unit = {
  /** Events per second: `1.2 K /s`. */
  perSecond: 'count:/s',
  bytesPerSecond: 'binBps',
  bytes: 'bytes',
  seconds: 's',
  /** A ratio from 0 to 1, shown in percent. */
  share: 'percentunit',
  /** CPUs, tasks, hosts: never abbreviated. */
  number: 'none',
  /** Abbreviated from 1,000 on: `1.2 K`. */
  count: 'short',
  /** All digits, grouped: `12,345`. */
  digits: 'locale',
  timestamp: 'dateTimeAsIso',
} as const;

export type Unit = (typeof unit)[keyof typeof unit];
