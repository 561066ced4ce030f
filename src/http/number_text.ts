/** Numbers as the landing page shows them. `–` is a value that is not known. */

export const UNKNOWN = '–';

/** A share as a percentage with two significant digits; 1 is 100 %. */
export function percent(share: number | undefined): string {
  if (share === undefined) return UNKNOWN;
  if (share === 0) return '0 %';
  return share < 0.000_01 ? '< 0.001 %' : `${significant(share * 100)} %`;
}

export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return UNKNOWN;
  return seconds < 1 ? `${significant(seconds * 1000)} ms` : `${significant(seconds)} s`;
}

/** Digits in groups of three: 12,345. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The sum of the known numbers; undefined if none is known. */
export function sumKnown(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : sum(known);
}

function significant(number: number): string {
  return number >= 100 ? grouped(Math.round(number)) : String(Number(number.toPrecision(2)));
}
