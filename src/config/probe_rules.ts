/** Rules of a probe file that look at more than one setting at a time. */
import type { z } from 'zod';
import type { Quantity } from './units.js';

interface BucketsInput {
  readonly min?: Quantity | undefined;
  readonly max?: Quantity | undefined;
  readonly linear?: { readonly start: Quantity; readonly step: Quantity } | undefined;
  readonly key?: string | undefined;
  readonly count?: string | undefined;
  readonly sum?: string | undefined;
}

export function bucketsRules({ value, issues }: z.core.ParsePayload<BucketsInput>): void {
  const { min, max, linear } = value;
  const complain = (path: string[], message: string, remedy?: string) =>
    issues.push({ code: 'custom', input: value, path, message, params: { remedy } });
  if (linear) {
    if (min) {
      complain(['min'], 'no `min` beside `linear`', 'Linear buckets begin at `linear.start`: remove `min`.');
    }
    if (linear.step.value <= 0) complain(['linear', 'step'], 'a step above 0');
    if (max && max.value <= linear.start.value) complain(['max'], 'a largest bound above `linear.start`');
  } else {
    if (min && min.value <= 0) complain(['min'], 'a bound above 0');
    if (max && max.value <= 0) complain(['max'], 'a bound above 0');
    else if (min && max && min.value > max.value) complain(['min'], 'a smallest bound that is not above `max`');
  }
  if (value.key !== undefined) return;
  for (const name of ['count', 'sum'] as const) {
    if (value[name] === undefined) continue;
    complain(
      [name],
      'a `key` beside it',
      `\`${name}\` is for buckets whose slot number is a field of the map's key: name that field with \`key\`, or remove \`${name}\`.`,
    );
  }
}

/** Programs that stand in for each other are named once: a program cannot be both tried and skipped. */
export function alternativesRules({ value, issues }: z.core.ParsePayload<string[][]>): void {
  const seen = new Set<string>();
  for (const [i, list] of value.entries()) {
    for (const [j, program] of list.entries()) {
      if (seen.has(program)) {
        issues.push({ code: 'custom', input: program, path: [i, j], message: 'a program not named before' });
      }
      seen.add(program);
    }
  }
}

/** Each iterator is run once per scrape. */
export function iteratorsRules({ value, issues }: z.core.ParsePayload<{ program: string; fills: string[] }[]>): void {
  const seen = new Set<string>();
  for (const [i, { program }] of value.entries()) {
    if (seen.has(program)) {
      issues.push({ code: 'custom', input: program, path: [i, 'program'], message: 'a program not named before' });
    }
    seen.add(program);
  }
}

/** What is there now is a gauge: a counter would count anew what goes and comes back. */
export function filledMapsRules({
  value,
  issues,
}: z.core.ParsePayload<{
  programs?: { iterators: { fills: string[] }[] } | undefined;
  metrics: { map: string; type: string }[];
}>): void {
  if (issues.length > 0) return;
  const filled = new Set(value.programs?.iterators.flatMap(({ fills }) => fills));
  for (const [i, { map, type }] of value.metrics.entries()) {
    if (type === 'gauge' || !filled.has(map)) continue;
    issues.push({
      code: 'custom',
      input: type,
      path: ['metrics', i, 'type'],
      message: `a gauge of map "${map}", which an iterator fills anew at every scrape,`,
      params: {
        remedy: 'Take the map out of `fills`, and have the iterator add to it what has grown since its last run.',
      },
    });
  }
}

export function perfEventRules({
  value,
  issues,
}: z.core.ParsePayload<{ frequency?: number | undefined; period?: number | undefined }>): void {
  if (issues.length > 0 || (value.frequency === undefined) !== (value.period === undefined)) return;
  issues.push({
    code: 'custom',
    input: value,
    message: 'exactly one of frequency and period',
    params: { remedy: '`frequency: 99` samples 99 times a second; `period: 1000` samples every 1000th event.' },
  });
}
