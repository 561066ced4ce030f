/**
 * Units of the kernel's numbers. `value / per` is the number in base units. It is a division because the divisors are exact
 * and their reciprocals are not.
 */
export const units = {
  ns: { base: 'seconds', per: 1e9 },
  us: { base: 'seconds', per: 1e6 },
  ms: { base: 'seconds', per: 1e3 },
  s: { base: 'seconds', per: 1 },
  bytes: { base: 'bytes', per: 1 },
  kib: { base: 'bytes', per: 1 / 1024 },
  sectors: { base: 'bytes', per: 1 / 512 },
} as const;

export type Unit = keyof typeof units;
export type BaseUnit = (typeof units)[Unit]['base'];

const factors = new Map<string, { readonly base: BaseUnit; readonly times: number; readonly per: number }>([
  ['ns', { base: 'seconds', times: 1, per: 1e9 }],
  ['us', { base: 'seconds', times: 1, per: 1e6 }],
  ['ms', { base: 'seconds', times: 1, per: 1e3 }],
  ['s', { base: 'seconds', times: 1, per: 1 }],
  ['m', { base: 'seconds', times: 60, per: 1 }],
  ['h', { base: 'seconds', times: 3600, per: 1 }],
  ['d', { base: 'seconds', times: 86_400, per: 1 }],
  ['B', { base: 'bytes', times: 1, per: 1 }],
  ['KiB', { base: 'bytes', times: 2 ** 10, per: 1 }],
  ['MiB', { base: 'bytes', times: 2 ** 20, per: 1 }],
  ['GiB', { base: 'bytes', times: 2 ** 30, per: 1 }],
  ['TiB', { base: 'bytes', times: 2 ** 40, per: 1 }],
]);

export interface Quantity {
  readonly value: number;
  /** Undefined for a number without a suffix, which has the unit of the metric. */
  readonly base: BaseUnit | undefined;
}

/** Reads `1us`, `16s`, `1KiB` or a bare number into base units; undefined for other text. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^(-?\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text);
  if (!match) return undefined;
  const [, digits = '', suffix = ''] = match;
  if (suffix === '') return { value: Number(digits), base: undefined };
  const factor = factors.get(suffix);
  return factor && { value: (Number(digits) * factor.times) / factor.per, base: factor.base };
}

/** Reads `500ms`, `10m` or `1h30m` into milliseconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:d|h|ms|m|s))+$/.test(text)) return undefined;
  let milliseconds = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const [, digits, suffix = ''] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    const factor = factors.get(suffix)!;
    // As in Prometheus: the largest unit first, each at most once.
    if (factor.times / factor.per >= smallest) return undefined;
    smallest = factor.times / factor.per;
    milliseconds += (Number(digits) * factor.times * 1000) / factor.per;
  }
  return milliseconds;
}
