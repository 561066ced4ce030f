/** Rates and durations as the page shows them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const coarse = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export type Unit = 'CPUs' | 'bytes' | 'count';

/** A rate per second. */
export function rateText(rate: number, unit: Unit): string {
  if (unit === 'CPUs') return `${coarse.format(rate * 100)} %`;
  if (unit === 'bytes') return `${scaled(rate, ['B', 'kB', 'MB', 'GB', 'TB'])}/s`;
  return `${rate >= 100 ? whole.format(rate) : coarse.format(rate)}/s`;
}

/** The total of the host, with what it is of. */
export function totalText(rate: number, unit: Unit, cpus: number): string {
  if (unit !== 'CPUs') return rateText(rate, unit);
  // CPU time counts when a task leaves its CPU, so a reading may have some of the time before it.
  return `${(rate >= 10 ? fine : coarse).format(Math.min(rate, cpus))} of ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
}

/** A duration in seconds. */
export function durationText(seconds: number): string {
  for (const [size, unit] of [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ] as const) {
    if (seconds >= size * 0.95) return `${roundText(seconds / size)} ${unit}`;
  }
  return `${roundText(seconds / 1e-9)} ns`;
}

function roundText(value: number): string {
  return String(Number(value.toPrecision(value < 9.5 ? 1 : 2)));
}

function scaled(value: number, units: readonly string[]): string {
  let index = 0;
  let rest = value;
  while (rest >= 999.5 && index < units.length - 1) {
    rest /= 1000;
    index++;
  }
  return `${fine.format(rest)} ${units[index]}`;
}

/** Over a card without a new reading. */
export const lateText = 'No new reading: the probe did not answer in time';
