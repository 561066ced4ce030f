export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';

/** One metric with all its series, independent of any exposition format. */
export interface Family {
  /** The name that users query; of a counter it includes `_total`. */
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** Base unit: `seconds`, `bytes`, `ratio`. */
  readonly unit?: string;
  /** A family without series does not appear in the exposition. */
  readonly isEmpty: boolean;
  /** Valid until the next update of the family. */
  readonly samples: ScalarSamples | HistogramSamples | SummarySamples;
}

/**
 * The canonical texts of the series, `name{label="value"}` in UTF-8, in one arena. A series is a number.
 */
export interface SeriesTexts {
  /**
   * Its first `scratch` bytes are free for a writer: `copyWithin` is several times faster than any copy between two
   * buffers. They hold at least two of the longest text with 100 bytes after each.
   */
  readonly arena: Buffer;
  readonly scratch: number;
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
  /** The series, in the order in which they are written. */
  readonly order: Uint32Array;
}

interface Samples {
  readonly series: SeriesTexts;
  /** By series, `width` numbers each. */
  readonly values: Float64Array;
}

/** Counters and gauges: one number per series. */
export interface ScalarSamples extends Samples {
  readonly kind: 'scalar';
  /** The number that is one base unit. */
  readonly per: number;
}

/** Per series: the count of each bucket (not cumulative), the count above the last bound, and the sum if `hasSum`. */
export interface HistogramSamples extends Samples {
  readonly kind: 'histogram';
  readonly width: number;
  /** Upper bounds in base units, ascending, without +Inf. */
  readonly bounds: readonly number[];
  readonly hasSum: boolean;
  /** The sum that is one base unit. */
  readonly per: number;
}

/** Per series: the value at each quantile, the count, and the sum. */
export interface SummarySamples extends Samples {
  readonly kind: 'summary';
  readonly width: number;
  readonly quantiles: readonly number[];
}
