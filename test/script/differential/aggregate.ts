/** What aggregations of a script add up to. */

export type AggregateKind = 'count' | 'sum' | 'min' | 'max' | 'avg' | 'stats' | 'hist' | 'lhist';

export interface AggregateSettings {
  readonly kind: AggregateKind;
  /** Whether its values are signed. */
  readonly isSigned: boolean;
  /** Of hist. */
  readonly bits: number;
  /** Of lhist. */
  readonly min: bigint;
  readonly max: bigint;
  readonly step: bigint;
}

/** Numbers by their names: `value`, `total`, `count`, `sum`, and slots of a histogram by their lower bounds. */
export type Aggregate = Map<string, bigint>;

const wrapped = (value: bigint) => BigInt.asIntN(64, value);

/** @param value as its type has it: signed or not */
export function addTo(aggregate: Aggregate, settings: AggregateSettings, value: bigint): void {
  const add = (name: string, amount: bigint) => aggregate.set(name, wrapped((aggregate.get(name) ?? 0n) + amount));
  const known = aggregate.get('value');
  switch (settings.kind) {
    case 'count':
      add('value', 1n);
      break;
    case 'sum':
      add('value', value);
      break;
    case 'min':
      if (known === undefined || value < known) aggregate.set('value', value);
      break;
    case 'max':
      if (known === undefined || value > known) aggregate.set('value', value);
      break;
    case 'avg':
    case 'stats':
      add('total', value);
      add('count', 1n);
      break;
    default: {
      const signed = wrapped(value);
      add(`slot ${slotOf(settings, signed)}`, 1n);
      // The sum of a histogram is a counter.
      add('sum', signed > 0n ? signed : 0n);
    }
  }
}

/** The first number of the slot that counts a value; `below` for those before the first. */
function slotOf({ kind, bits, min, max, step }: AggregateSettings, value: bigint): string {
  if (kind === 'lhist') {
    if (value < min) return 'below';
    return value >= max ? String(max) : String(min + ((value - min) / step) * step);
  }
  if (value < 0n) return 'below';
  // The highest bits of the number, with zeroes after them.
  const width = value.toString(2).length;
  const cut = BigInt(Math.max(0, width - 1 - bits));
  return String((value >> cut) << cut);
}
