import { type Recording, record } from './rule.js';
import { promql } from './text.js';

/**
 * A rule that records what is usual for a host: the highest p95 of the hour that ended half an hour ago, of this time yesterday and of this time a week ago,
 * an hour earlier or later. Half an hour keeps a problem from becoming usual while its alert waits. Without a past it has no value.
 *
 * @param name of the new series
 * @param recorded a recorded series
 * @param what its value, for the comment
 */
export function recordUsual(name: string, recorded: string, what: string): Recording {
  const spans = [
    ['hour', '[1h] offset 30m'],
    ['day', '[2h] offset 23h'],
    ['week', '[2h] offset 167h'],
  ];
  const parts = spans.map(
    ([past, span]) => `label_replace(quantile_over_time(0.95, ${recorded}${span}), "past", "${past}", "", "")`,
  );
  return record(
    name,
    promql`
      max without (past) (
        ${parts.join('\n  or\n')}
      )
    `,
    `The usual ${what}: the highest p95 of an hour of today, and of this time yesterday and a week ago, give or take an hour.`,
  );
}

/** The values of `series` that are more than `times` the usual ones, or whose usual value is unknown. */
export function unusual(series: string, usual: string, times: number): string {
  return `(${series} unless ${series} <= ${times} * ${usual})`;
}
