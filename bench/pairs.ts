import { figure, summary } from './numbers.js';

/** A number of each round, over all rounds. */
export interface Extent {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function extent(values: readonly number[]): Extent {
  return { median: summary(values).median, least: Math.min(...values), most: Math.max(...values) };
}

/** Compares the values of two candidates round by round. */
export function pairs(
  values: readonly number[],
  bases: readonly number[],
  compare: (value: number, base: number) => number = (value, base) => value / base,
): Extent {
  return extent(values.map((value, round) => compare(value, bases[round]!)));
}

/** Whether rounds differ by more than the effect. @param neutral the value without an effect: 1 for a ratio, 0 for a difference */
export function isNoisy({ median, least, most }: Extent, neutral = 1): boolean {
  return most - least > Math.abs(median - neutral);
}

/** `0.930 (0.911–0.942)`: the median, the least and the most. Ends with ` noisy` where rounds differ by more than the effect. */
export function range(compared: Extent, neutral = 1): string {
  const { median, least, most } = compared;
  return `${figure(median)} (${figure(least)}–${figure(most)})${isNoisy(compared, neutral) ? ' noisy' : ''}`;
}

/** Whether a goal is reached: by the median, unless rounds disagree and differ by more than the effect. */
export function verdict(measured: Extent, isGood: (value: number) => boolean): string {
  const { median, least, most } = measured;
  const isReached = isGood(median);
  if (isGood(least) === isReached && isGood(most) === isReached) return isReached ? 'yes' : 'no';
  if (isNoisy(measured)) return 'undecided: noisy';
  return isReached ? 'yes, not in every round' : 'no, but in some rounds';
}
