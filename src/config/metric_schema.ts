/** One entry of `metrics`. */
import { z } from 'zod';
import { type BucketsSpec, buckets, bucketsOf } from './bucket_schema.js';
import { streamName } from './event_schema.js';
import { type IdentitySpec, metricIdentity } from './identity_schema.js';
import { type LabelSpec, labels, type WrittenLabel } from './label_schema.js';
import { mapping } from './mapping_schema.js';
import { metricRules } from './metric_rules.js';
import { metricName } from './names.js';
import { mustBe } from './sentences.js';
import { parseDuration } from './units.js';
import { duration, map, named, path, seriesLimit, text, unit } from './value_schema.js';

export const metric = mapping(
  {
    name: named(metricName, 'a metric name (letters, digits and "_", no digit first)'),
    type: z.enum(['counter', 'gauge', 'histogram'], { error: mustBe('counter, gauge or histogram') }),
    help: text('one sentence (at most 500 characters) about what is measured', 500),
    map: map.optional(),
    events: streamName.optional(),
    value: path.optional(),
    unit: unit.optional(),
    buckets: buckets.optional(),
    identity: metricIdentity.optional(),
    labels: labels.optional(),
    limit: seriesLimit.optional(),
    expire: duration.optional(),
  },
  'a mapping such as { name: calls_total, type: counter, help: Calls., map: calls }',
)
  // Each rule looks at one thing at a time: a typing error in `unit` does not hide a bad name.
  .check(metricRules)
  .transform(
    ({ map, events, value, unit, buckets, labels, limit, expire, ...rest }): WrittenMetric => ({
      ...rest,
      map: map ?? events!,
      ...(events !== undefined && { events }),
      ...(value !== undefined && { value }),
      ...(unit !== undefined && { unit }),
      ...(buckets && { buckets: bucketsOf(buckets) }),
      labels: labels ?? Object.create(null),
      ...(limit !== undefined && { limit }),
      ...(expire !== undefined && { expireMs: parseDuration(expire)! }),
    }),
  );

/** A metric as a probe file has it. */
export type WrittenMetric = Omit<MetricSpec, 'limit' | 'labels'> & {
  readonly limit?: number;
  /** Without those of the identity. Has no prototype. */
  readonly labels: Readonly<Record<string, WrittenLabel>>;
  readonly identity?: IdentitySpec | undefined;
};

/** One metric of a probe. */
export interface MetricSpec {
  /** Without the prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** The map, or the stream of events, that it reads. */
  readonly map: string;
  /** The stream of events, if it reads one. */
  readonly events?: string;
  /** Path into the value; omitted when the value is a plain integer. */
  readonly value?: string;
  /** Unit of the kernel's number, as `unitOf` reads it. */
  readonly unit?: string;
  /** Omitted when the value says it all. */
  readonly buckets?: BucketsSpec;
  /** Has no prototype: `labels[name]` is safe for any name. */
  readonly labels: Readonly<Record<string, LabelSpec>>;
  /** Most series; the rest is summed into `other`. */
  readonly limit: number;
  /** Entries unchanged for this long are removed from the map. */
  readonly expireMs?: number;
}
