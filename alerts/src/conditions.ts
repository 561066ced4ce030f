import { fault } from '../../src/errors/fault.js';
import { durationOf } from './durations.js';
import { promql } from './text.js';
import type { Windows } from './windows.js';

/** The thresholds of an alert that begins at one level and ends at another. */
export interface Levels {
  readonly on: number;
  readonly off: number;
}

/**
 * True from the level `on` to the level `off`: a firing alert goes on down (or up) to the second.
 * @param comparison `>` or `<`
 * @param labels that tell the alerts of one name apart, besides job and instance
 * @throws CONFIG_VALUE if the alert would begin where it already ends
 */
export function hysteresis(
  alert: string,
  value: string,
  comparison: '>' | '<',
  levels: Levels,
  ...labels: readonly string[]
): string {
  return promql`
    ${value} ${comparison} ${levels.on}
      or
    ${whileFiring(alert, value, comparison, levels, ...labels)}
  `;
}

/**
 * True for a firing alert until the level `off`.
 * @param labels that tell the alerts of one name apart, besides job and instance
 * @throws CONFIG_VALUE if the alert would begin where it already ends
 */
export function whileFiring(
  alert: string,
  value: string,
  comparison: '>' | '<',
  { on, off }: Levels,
  ...labels: readonly string[]
): string {
  if (comparison === '>' ? off > on : off < on) {
    const side = comparison === '>' ? 'at most' : 'at least';
    const problem = `${alert}.off must be ${side} ${alert}.on (${on}), not ${off}`;
    throw fault('CONFIG_VALUE', { problem, page: 'docs/alerts.md' });
  }
  const same = ['job', 'instance', ...labels].join(', ');
  return `(${value} ${comparison} ${off}) and on (${same}) ALERTS{alertname="${alert}", alertstate="firing"}`;
}

/**
 * Events in a window, counted exactly: the counter now minus the counter then. A series that did not exist then starts from 0,
 * unlike in increase(): the first crash of a program is the first sample of its series.
 */
export function increase(series: string, window: string): string {
  return promql`
    (${series} - ${series} offset ${window}) >= 0
      or
    ${series} and on (job, instance) instance:santabpf_build_info:known${window}
  `;
}

/**
 * True for what also happened earlier in the past hour. Events within the window of a rate are one: a request is tried again, one
 * shortage kills several processes.
 * @param counted selects a recording of increase() in the window `events`
 * @param labels that an earlier event must share, besides job and instance
 */
export function happenedBefore(
  counted: string,
  { eventsSeconds, rateSeconds }: Pick<Windows, 'eventsSeconds' | 'rateSeconds'>,
  ...labels: readonly string[]
): string {
  const same = ['job', 'instance', ...labels].join(', ');
  return `on (${same}) (max_over_time(${counted}[1h] offset ${durationOf(eventsSeconds + rateSeconds)}) > 0)`;
}

/**
 * The highest value of the 24 hours before the past one. `hourly` records highestOfHour(); the subquery reads one of its values per hour,
 * not every sample of the day.
 */
export function highestOfDay(hourly: string): string {
  return `max_over_time(${hourly}[24h:1h] offset 1h)`;
}

export function highestOfHour(recorded: string): string {
  return `max_over_time(${recorded}[1h])`;
}

/** The usual value of the past hour: 95 % of it, without its last minutes, so that a storm does not become its own norm. */
export function usual(recorded: string, window: string): string {
  return `quantile_over_time(0.95, ${recorded}[1h] offset ${window})`;
}
