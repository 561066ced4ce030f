/** One entry of `metrics`. */
import { z } from 'zod';
import { type BucketsSpec, buckets, bucketsOf } from './bucket_schema.js';
import { type CombineSpec, combine } from './combine_schema.js';
import { streamName } from './event_schema.js';
import { labelsOfMember, type Membership, membersOf } from './family_members.js';
import { type IdentitySpec, metricIdentity } from './identity_schema.js';
import { type LabelSpec, labels, type WrittenLabel } from './label_schema.js';
import { mapping } from './mapping_schema.js';
import { metricRules } from './metric_rules.js';
import { metricName } from './names.js';
import { mustBe } from './sentences.js';
import { parseDuration } from './units.js';
import { duration, labelText, map, named, seriesLimit, text, unit, valueField } from './value_schema.js';

/** The members of a metric by name. */
function members(target: z.ZodString) {
  const error = mustBe('a mapping of label values to names');
  return z
    .record(labelText(text('text of at most 128 characters', 128)), target, { error })
    .refine((list) => Object.keys(list).length > 0, '{path} must list at least one name');
}

export const metric = mapping(
  {
    name: named(metricName, 'a metric name (letters, digits and "_", no digit first)'),
    type: z.enum(['counter', 'gauge', 'histogram'], { error: mustBe('counter, gauge or histogram') }),
    help: text('one sentence (at most 500 characters) about what is measured', 500),
    map: map.optional(),
    events: streamName.optional(),
    maps: members(map).optional(),
    value: valueField.optional(),
    values: members(valueField).optional(),
    combine: combine.optional(),
    zeros: z.boolean({ error: mustBe('true or false') }).optional(),
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
    ({
      map,
      maps,
      events,
      value,
      values,
      combine,
      zeros,
      unit,
      buckets,
      labels,
      limit,
      expire,
      ...rest
    }): WrittenMetric[] => {
      const members = membersOf({ map: map ?? events, maps }, { value, values });
      return members.map((member) => ({
        ...rest,
        ...member,
        ...(events !== undefined && { events }),
        ...(combine !== undefined && { combine }),
        ...(zeros && { zeros: true as const }),
        ...(unit !== undefined && { unit }),
        ...(buckets && { buckets: bucketsOf(buckets) }),
        labels: labelsOfMember(labels ?? {}, member.member),
        ...(limit !== undefined && { limit }),
        ...(expire !== undefined && { expireMs: parseDuration(expire)! }),
      }));
    },
  );

/** A metric as a probe file has it, or one member of it. */
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
  /** Path into the value; omitted when the value is a plain integer. `[]` stands for each element of an array. */
  readonly value?: string;
  /** How the values of the CPUs become one gauge. */
  readonly combine?: CombineSpec;
  /** Array entries, CPUs and array elements are shown from the start, although they have counted nothing. */
  readonly zeros?: true;
  /** Its index in `metrics` of the probe file, if another. */
  readonly entry?: number;
  /** Which of `maps` and `values` it is. */
  readonly member?: Membership;
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
