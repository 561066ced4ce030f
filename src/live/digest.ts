/** What `/live` answers: JSON for the page. */

export interface LiveRow {
  /** Who: label values by label name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Per second. */
  readonly rate: number;
}

export interface LivePanel {
  readonly id: string;
  /** Per second, of the whole host. */
  readonly total: number;
  /** The largest rates, in descending order; those of 0 are left out. */
  readonly rows: readonly LiveRow[];
}

export interface LiveHeatmap {
  readonly id: string;
  /** Upper bounds of the buckets in seconds, ascending; the last bucket has none. */
  readonly bounds: readonly number[];
  /** Observations per bucket since the reading before, one more than there are bounds. */
  readonly counts: readonly number[];
}

export interface LiveDigest {
  /** Time of the reading, in seconds since 1970. */
  readonly at: number;
  /** Since the reading that rates are relative to; null for the first one, which has no rates. */
  readonly seconds: number | null;
  /** Online CPUs. */
  readonly cpus: number;
  /** Of the probes that are up. */
  readonly panels: readonly LivePanel[];
  readonly heatmaps: readonly LiveHeatmap[];
}
