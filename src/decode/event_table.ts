import type { MetricSpec } from '../config/probe_schema.js';
import type { Location } from '../errors/location.js';
import type { CombineField } from './combine_field.js';
import type { Locate } from './fault_collector.js';
import type { HistogramField } from './histogram_field.js';
import type { NumberField } from './number_field.js';
import type { Selected } from './path.js';

/** A number, or the counts of a histogram, in one value. */
export type WholeValue =
  | { readonly kind: 'number'; readonly field: NumberField; readonly combine?: CombineField }
  | { readonly kind: 'histogram'; readonly field: HistogramField };

/** Where metrics find what the exporter has added up of a stream of events. */
export interface EventTable {
  /** Name of the one entry for the records that found no place. */
  readonly other: string;
  /** Where a field of the record lies in the key. @throws FIELD_UNSUITABLE, at `location` */
  place(field: Selected, location: Location | undefined): Selected;
  /** What a metric reads, with its buckets as they are filled. @throws FIELD_*, at the setting */
  read(spec: MetricSpec, locate: Locate): { readonly spec: MetricSpec; readonly value: WholeValue };
  /** How many records were counted, in a value. */
  readonly count: NumberField;
}
