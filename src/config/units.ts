export type BaseUnit = 'seconds' | 'bytes';

/** `value * times / per` is a number in base units. One of the two is usually 1: quotients are exact where products are not. */
interface Scale {
  readonly times: number;
  readonly per: number;
}

const quantity = /^(-?\d+(?:\.\d+)?) ?([A-Za-z]*)$/;

const factors = new Map<string, Scale & { readonly base: BaseUnit }>([
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

/** A unit of the kernel's numbers. */
export interface Unit extends Scale {
  /** Undefined for a plain factor. */
  readonly base?: BaseUnit;
  /** The kernel cuts a longer or larger thing to whole units; otherwise it counts whole things. */
  readonly isCut: boolean;
}

/** The suffix that each name of a unit stands for. */
const suffixOfName = new Map([
  ...['ns', 'us', 'ms', 's', 'm', 'h', 'd'].map((name) => [name, name] as const),
  ['bytes', 'B'],
  ['kib', 'KiB'],
  ['mib', 'MiB'],
  ['gib', 'GiB'],
  ['tib', 'TiB'],
]);

export const unitNames: readonly string[] = [...suffixOfName.keys(), 'sectors'];

const plain: Unit = { times: 1, per: 1, isCut: false };
const sector: Unit = { base: 'bytes', times: 512, per: 1, isCut: false };

/** Reads a unit: a name, a time or a size such as `10ms` or `4KiB`, or a factor. Undefined for other text. */
export function parseUnit(text: string): Unit | undefined {
  if (text === 'sectors') return sector;
  const suffix = suffixOfName.get(text);
  if (suffix !== undefined) {
    const factor = factors.get(suffix)!;
    return { ...factor, isCut: factor.base === 'seconds' || factor.times > 1 };
  }
  if (text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text) > 0 ? { ...plain, times: Number(text) } : undefined;
  const [, digits = '', suffixOfText = ''] = quantity.exec(text) ?? [];
  const factor = factors.get(suffixOfText);
  if (factor === undefined || !(Number(digits) > 0)) return undefined;
  return { ...factor, times: factor.times * Number(digits), isCut: factor.base === 'seconds' };
}

/** The unit of a valid setting; without one, numbers stay as they are. */
export function unitOf(setting: string | undefined): Unit {
  return setting === undefined ? plain : parseUnit(setting)!;
}

export interface Quantity {
  readonly value: number;
  /** Undefined for a number without a suffix, which has the unit of the metric. */
  readonly base: BaseUnit | undefined;
}

/** Reads `1us`, `16s`, `1KiB` or a bare number into base units; undefined for other text. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = quantity.exec(text);
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
