/** Rules about several settings of one metric: its name, type, unit, buckets and labels together. */
import { z } from 'zod';
import { isMapping, type Problem, type Unchecked } from './metric_rule.js';
import { reservedSuffix } from './names.js';
import { sourceProblems } from './source_rules.js';
import { type BaseUnit, parseUnit } from './units.js';

const boundExamples: Readonly<Record<BaseUnit, string>> = {
  seconds: 'a time such as 1us',
  bytes: 'a size such as 1KiB',
};

function baseUnitOf({ unit }: Unchecked): BaseUnit | undefined {
  return typeof unit === 'string' ? parseUnit(unit)?.base : undefined;
}

function nameProblem(name: string, type: unknown): Problem | undefined {
  const path = ['name'];
  if (type === 'counter' && !name.endsWith('_total')) {
    const remedy = `Call it "${name.replace(reservedSuffix, '')}_total".`;
    return { path, message: 'Counter name {value} must end in _total', remedy };
  }
  if ((type === 'gauge' || type === 'histogram') && name.endsWith('_total')) {
    return {
      path,
      message: `Metric name {value} must not end in _total: the metric is a ${type}, not a counter`,
      remedy: 'Rename it, or make it a counter if it only ever increases.',
    };
  }
  if (!reservedSuffix.test(name)) return undefined;
  const message =
    'Metric name {value} must not end in _count, _sum, _bucket or _created: histograms use these suffixes';
  return { path, message, remedy: 'Rename the metric.' };
}

function unitProblem(name: string, metric: Unchecked): Problem | undefined {
  const base = baseUnitOf(metric);
  if (base !== undefined && !new RegExp(`(?:^|_)${base}(?:_|$)`).test(name)) {
    const stem = name.replace(/_total$/, '');
    return {
      path: ['name'],
      message: `Metric name {value} must contain _${base}: \`unit: ${metric.unit}\` is exported in ${base}`,
      remedy: `Call it "${stem}_${base}${name === stem ? '' : '_total'}".`,
    };
  }
  if (metric.unit !== undefined || !/(?:^|_)seconds(?:_|$)/.test(name)) return undefined;
  return {
    path: ['unit'],
    message: '{path} is missing: the name of the metric says seconds',
    remedy: 'Add `unit: ns` if the program counts nanoseconds, as most do; `us`, `ms` and `s` also exist.',
  };
}

function* boundProblems(buckets: Unchecked, metric: Unchecked): Generator<Problem> {
  const base = baseUnitOf(metric);
  const bounds: [(string | number)[], unknown][] = [
    [['min'], buckets.min],
    [['max'], buckets.max],
  ];
  if (isMapping(buckets.linear)) {
    bounds.push([['linear', 'start'], buckets.linear.start], [['linear', 'step'], buckets.linear.step]);
  }
  if (Array.isArray(buckets.bounds)) {
    for (const [index, bound] of buckets.bounds.entries()) bounds.push([['bounds', index], bound]);
  }
  for (const [path, bound] of bounds) {
    if (!isMapping(bound) || bound.base === undefined || bound.base === base) continue;
    yield {
      path: ['buckets', ...path],
      message:
        base === undefined
          ? '{path} must be a plain number, not {value}: the metric has no `unit`'
          : `{path} must be ${boundExamples[base]}, not {value}: \`unit: ${metric.unit}\` is exported in ${base}`,
      remedy:
        base === undefined ? `Remove the suffix, or add a \`unit\` that is exported in ${bound.base}.` : undefined,
    };
  }
}

/** Settings that describe what a program has counted: of records, the exporter counts. */
const ofPrograms = ['edges', 'zero', 'last', 'key', 'count', 'sum'];

function* eventProblems({ type, value, buckets, labels }: Unchecked): Generator<Problem> {
  if (type === 'gauge') {
    const remedy = 'Make it a counter, or a histogram of a field.';
    yield { path: ['type'], message: '{path} must be counter or histogram, not {value}: events are counted', remedy };
  }
  if (type === 'histogram' && value === undefined) {
    const remedy = 'Name the field that is observed, such as `value: duration_ns`.';
    yield { path: ['value'], message: '{path} is missing: a histogram of events observes a field', remedy };
  }
  for (const name of isMapping(buckets) ? ofPrograms.filter((one) => buckets[one] !== undefined) : []) {
    const remedy = 'Use `bounds`, `linear` with `max`, or `min` and `max` for powers of two.';
    yield {
      path: ['buckets', name],
      message: '{path}: not allowed for events, whose buckets the exporter fills',
      remedy,
    };
  }
  if (isMapping(buckets) && isMapping(buckets.linear) && buckets.max === undefined) {
    const remedy = 'Add `max`, the last bound.';
    yield { path: ['buckets', 'linear'], message: '{path} needs `max` for events', remedy };
  }
  for (const [name, label] of Object.entries(isMapping(labels) ? labels : {})) {
    if (!isMapping(label) || label.constant !== undefined) continue;
    if (label.from === 'value') {
      const remedy = 'Remove `from`: a record has no key and no value.';
      yield { path: ['labels', name, 'from'], message: '{path}: not allowed for events', remedy };
    } else if (label.field === undefined) {
      const remedy = 'Name a field of the record: `field: NAME`.';
      yield { path: ['labels', name], message: '{path} must name a field', remedy };
    }
  }
}

function* problemsOf(metric: Unchecked): Generator<Problem | undefined> {
  const { name, type, buckets, labels } = metric;
  yield* sourceProblems(metric);
  if (typeof name === 'string') {
    yield nameProblem(name, type);
    yield unitProblem(name, metric);
  }
  if (metric.events !== undefined) yield* eventProblems(metric);
  if (buckets !== undefined && (type === 'counter' || type === 'gauge')) {
    const remedy = 'Remove `buckets`, or make the metric a histogram.';
    yield { path: ['buckets'], message: '{path}: only histograms have buckets', remedy };
  } else if (isMapping(buckets)) {
    yield* boundProblems(buckets, metric);
  }
  if (type === 'histogram' && isMapping(labels) && Object.hasOwn(labels, 'le')) {
    const message = '{value} cannot be a label of a histogram: it holds the bounds of the buckets';
    yield { path: ['labels', 'le'], message, remedy: 'Rename the label.', isKey: true };
  }
}

/** Runs even when other parts of the metric are malformed: all faults show at once. */
export const metricRules = z.superRefine<Record<string, unknown>>(
  (metric, context) => {
    if (!isMapping(metric)) return;
    for (const problem of problemsOf(metric)) {
      if (problem === undefined) continue;
      const { path, message, remedy, isKey } = problem;
      context.addIssue({ code: 'custom', path: [...path], message, params: { remedy, isKey } });
    }
  },
  { when: () => true },
);
