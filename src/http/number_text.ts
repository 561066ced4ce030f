/** Numbers as the landing page shows them. `–` stands for a number that does not exist. */

export const NONE = '–';

/** A share as a percentage with two significant digits; 1 is 100 %. */
export function percent(share: number): string {
  if (share === 0) return '0 %';
  return share < 0.000_01 ? '< 0.001 %' : `${significant(share * 100)} %`;
}

export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return NONE;
  return seconds < 1 ? `${significant(seconds * 1000)} ms` : `${significant(seconds)} s`;
}

/** Digits in groups of three: 12,345. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function significant(number: number): string {
  return number >= 100 ? grouped(Math.round(number)) : String(Number(number.toPrecision(2)));
}
