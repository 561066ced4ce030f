/** Rules of one metric that look at more than one setting: its name, type, unit, buckets and labels together. */
import { z } from 'zod';
import { reservedSuffix } from './names.js';
import { type BaseUnit, type Quantity, units } from './units.js';

/** What is known of a metric of which any part may be malformed. */
type Suspect = Readonly<Record<string, unknown>>;

interface Problem {
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly remedy?: string;
  /** The problem is the name at the end of the path, not what it stands for. */
  readonly isKey?: true;
}

const isMapping = (value: unknown): value is Suspect =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function baseUnitOf({ unit }: Suspect): BaseUnit | undefined {
  return typeof unit === 'string' && Object.hasOwn(units, unit) ? units[unit as keyof typeof units].base : undefined;
}

function* nameProblems(metric: Suspect): Generator<Problem> {
  const { name, type } = metric;
  if (typeof name !== 'string') return;
  const path = ['name'];
  if (type === 'counter' && !name.endsWith('_total')) {
    yield {
      path,
      expected: 'a name that ends in _total, as the name of every counter does,',
      remedy: `Call it "${name.replace(/_(?:count|sum|bucket|created)$/, '')}_total".`,
    };
  } else if ((type === 'gauge' || type === 'histogram') && name.endsWith('_total')) {
    yield {
      path,
      expected: `a name that does not end in _total, which is for counters and not for a ${type},`,
      remedy: 'Rename it, or make it a counter if it only ever goes up.',
    };
  } else if (reservedSuffix.test(name)) {
    yield {
      path,
      expected:
        'a name that does not end in _count, _sum, _bucket or _created, which are for the parts of a histogram,',
      remedy: 'Rename it.',
    };
  }
  const base = baseUnitOf(metric);
  if (base !== undefined && !new RegExp(`(?:^|_)${base}(?:_|$)`).test(name)) {
    const stem = name.replace(/_total$/, '');
    yield {
      path,
      expected: `a name that contains _${base}, because \`unit: ${metric.unit}\` is exported in ${base},`,
      remedy: `Call it "${stem}_${base}${name === stem ? '' : '_total'}".`,
    };
  } else if (metric.unit === undefined && /(?:^|_)seconds(?:_|$)/.test(name)) {
    yield {
      path: ['unit'],
      expected: 'the unit of the number in the kernel (ns, us, ms or s), because the name promises seconds,',
      remedy: 'Add `unit: ns` if the program counts nanoseconds, as most do.',
    };
  }
}

function* bucketProblems(metric: Suspect): Generator<Problem> {
  const { buckets, type } = metric;
  if (buckets === undefined) return;
  if (type === 'counter' || type === 'gauge') {
    yield { path: ['buckets'], expected: 'no buckets, which only a histogram has,', remedy: 'Remove them.' };
    return;
  }
  if (!isMapping(buckets)) return;
  const base = baseUnitOf(metric);
  const bounds: [string[], unknown][] = [
    [['min'], buckets.min],
    [['max'], buckets.max],
  ];
  if (isMapping(buckets.linear)) {
    bounds.push([['linear', 'start'], buckets.linear.start], [['linear', 'step'], buckets.linear.step]);
  }
  for (const [path, bound] of bounds) {
    if (!isMapping(bound) || bound.base === undefined || bound.base === base) continue;
    const remedy =
      base === undefined
        ? `Remove the suffix, or add a \`unit\` whose numbers are exported in ${(bound as unknown as Quantity).base}.`
        : undefined;
    yield {
      path: ['buckets', ...path],
      expected:
        base === undefined
          ? 'a bare number, because the metric has no unit,'
          : `a number of ${base}, because of \`unit: ${metric.unit}\`,`,
      ...(remedy && { remedy }),
    };
  }
}

function* labelProblems({ labels, type }: Suspect): Generator<Problem> {
  if (type === 'histogram' && isMapping(labels) && Object.hasOwn(labels, 'le')) {
    yield {
      path: ['labels', 'le'],
      expected: 'a label name other than "le", which holds the bounds of the buckets,',
      remedy: 'Rename the label.',
      isKey: true,
    };
  }
}

/** Runs even when other parts of the metric are malformed, so that all faults show at once. */
export const metricRules = z.superRefine<Record<string, unknown>>(
  (metric, context) => {
    if (!isMapping(metric)) return;
    const problems = [...nameProblems(metric), ...bucketProblems(metric), ...labelProblems(metric)];
    for (const { path, expected, remedy, isKey } of problems) {
      context.addIssue({
        code: 'custom',
        path: [...path],
        message: expected,
        params: { remedy, isKey },
      });
    }
  },
  { when: () => true },
);
