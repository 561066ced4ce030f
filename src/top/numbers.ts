/** Numbers for people: three digits and a unit. */

const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];
const smallUnits = ['s', 'ms', 'µs', 'ns'];

/** `1.23M`, `0.5`, `12`. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size < 1000) return digits(value);
  const step = Math.min(prefixes.length - 1, Math.floor(Math.log10(size) / 3));
  const scaled = value / 1000 ** step;
  // 999,999 would be 1000k.
  if (Math.abs(scaled) >= 999.5 && step < prefixes.length - 1) return `${digits(scaled / 1000)}${prefixes[step + 1]}`;
  return `${digits(scaled)}${prefixes[step]}`;
}

/** `1.2 ms`. */
export function shortDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds === 0) return seconds === 0 ? '0 s' : shortNumber(seconds);
  const step = Math.min(3, Math.max(0, -Math.floor(Math.log10(Math.abs(seconds)) / 3)));
  return `${shortNumber(seconds * 1000 ** step)} ${smallUnits[step]}`;
}

/** A number with the unit that the name of its metric ends in. */
export function withUnit(value: number, metric: string): string {
  const [, unit] = /_(seconds|bytes|ratio)(?:_total)?$/.exec(metric) ?? [];
  if (unit === 'seconds') return shortDuration(value);
  return unit === 'bytes' ? `${shortNumber(value)} B` : shortNumber(value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}
