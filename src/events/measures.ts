import type { MetricSpec } from '../config/probe_schema.js';
import { unitOf } from '../config/units.js';
import type { WholeValue } from '../decode/event_table.js';
import type { Locate } from '../decode/fault_collector.js';
import { type Origin, select } from '../decode/path.js';
import { SantaError } from '../errors/fault.js';
import { eventBounds, rawBound } from './event_buckets.js';
import type { Measure } from './plan_words.js';
import { requiredNumber } from './record_number.js';

const numberBytes = 8;
const wide = (index: number) => ({ offset: index * numberBytes, size: numberBytes, signed: false }) as const;

/** How many records were counted: the first number of every value. */
export const countField = wide(0);

/** What the metrics of one stream add up of each record. A value is their numbers, each of 8 bytes. */
export class Measures {
  readonly measures: readonly Measure[];
  readonly #record: Origin;
  readonly #starts = new Map<string, number>();
  readonly #numbers: number;

  /** Metrics that cannot be read are left out: `read` reports them. */
  constructor(metrics: readonly MetricSpec[], record: Origin) {
    this.#record = record;
    const measures: Measure[] = [];
    let numbers = 1;
    for (const spec of metrics) {
      const measure = orNone(() => this.#measureOf(spec, () => undefined));
      const name = measure && nameOf(measure);
      if (measure === undefined || name === undefined || this.#starts.has(name)) continue;
      this.#starts.set(name, numbers);
      numbers += measure.bounds ? measure.bounds.length + 2 : 1;
      measures.push(measure);
    }
    this.measures = measures;
    this.#numbers = numbers;
  }

  get valueSize(): number {
    return this.#numbers * numberBytes;
  }

  /**
   * Where a metric finds its numbers, and the metric with the buckets that are filled.
   * @throws FIELD_*
   */
  read(spec: MetricSpec, locate: Locate): { spec: MetricSpec; value: WholeValue } {
    const measure = this.#measureOf(spec, locate);
    if (measure === undefined) return { spec, value: { kind: 'number', field: countField } };
    const start = this.#starts.get(nameOf(measure))!;
    const { bounds } = measure;
    if (bounds === undefined) return { spec, value: { kind: 'number', field: wide(start) } };
    const { offset, size } = wide(start);
    const count = bounds.length + 1;
    const field = { buckets: { offset, count, size }, sum: wide(start + count) };
    return {
      spec: { ...spec, buckets: { kind: 'bounds', bounds: eventBounds(spec) } },
      value: { kind: 'histogram', field },
    };
  }

  /** Undefined for a metric that counts records. */
  #measureOf(spec: MetricSpec, locate: Locate): Measure | undefined {
    if (spec.value === undefined) return undefined;
    const location = locate(['value']);
    const field = select(this.#record, spec.value, location);
    const purpose = `the value of ${spec.type} "${spec.name}"`;
    const number = requiredNumber(field, this.#record.layout.size, purpose, location);
    if (spec.type !== 'histogram') return { number };
    const unit = unitOf(spec.unit);
    return { number, bounds: eventBounds(spec).map((bound) => rawBound(bound, unit)) };
  }
}

function orNone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SantaError) return undefined;
    throw error;
  }
}

/** Metrics that add up the same share the numbers. */
function nameOf({ number, bounds }: Measure): string {
  return JSON.stringify([number, bounds?.map(String)]);
}
