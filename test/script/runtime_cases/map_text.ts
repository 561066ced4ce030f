/** The maps of a script, as bpftrace writes them at its end. */
import type { BpfMap } from '../../../src/kernel/addon.js';
import type { Aggregation, ScriptMapUse } from '../../../src/script/check/map_table.js';
import { storedSize } from '../../../src/script/check/value_type.js';
import { slotsOf } from '../../../src/script/generate/histogram_slots.js';
import { histogramText } from './histogram_text.js';
import { type Enumerations, readValue, type Shown, shownText } from './shown_value.js';

export interface Entry {
  readonly key: readonly Shown[];
  readonly bytes: Buffer;
}

/** All entries. A map without keys has one. */
export async function entriesOf(map: BpfMap, use: ScriptMapUse, enumerations: Enumerations): Promise<Entry[]> {
  const parts = use.key ?? [];
  if (parts.length === 0) return [{ key: [], bytes: Buffer.from(map.lookup(Buffer.alloc(map.keySize))!) }];
  const { count, addedKeys, values } = await map.snapshot();
  return Array.from({ length: count }, (_, index) => {
    let at = index * map.keySize;
    const key = parts.map(({ type }) => {
      const value = readValue(type, Buffer.from(addedKeys.subarray(at, at + storedSize(type))), enumerations);
      at += storedSize(type);
      return value;
    });
    return { key, bytes: Buffer.from(values.subarray(index * map.valueStride, (index + 1) * map.valueStride)) };
  });
}

/** One line for each entry; a histogram has several. */
export async function mapText(map: BpfMap, use: ScriptMapUse, enumerations: Enumerations): Promise<string> {
  const entries = await entriesOf(map, use, enumerations);
  return entries.map((entry) => entryText(map, use, entry, enumerations)).join('');
}

function entryText(map: BpfMap, use: ScriptMapUse, { key, bytes }: Entry, enumerations: Enumerations): string {
  const name = key.length === 0 ? `@${use.name}` : `@${use.name}[${key.map(keyText).join(', ')}]`;
  const { aggregation, value } = use;
  if (aggregation === undefined) {
    return value === undefined ? '' : `${name}: ${shownText(readValue(value, bytes, enumerations))}\n`;
  }
  const perCpu = Array.from({ length: map.cpus }, (_, cpu) => wordsOf(bytes, cpu * (bytes.length / map.cpus)));
  const text = aggregated(aggregation, perCpu);
  return aggregation.kind === 'hist' || aggregation.kind === 'lhist' ? `${name}:\n${text}\n` : `${name}: ${text}\n`;
}

/** A tuple that is the whole key has no parentheses of its own. */
function keyText(value: Shown, _: number, all: readonly Shown[]): string {
  if (all.length > 1 || value.kind !== 'tuple' || value.names !== undefined) return shownText(value);
  return value.elements.map(shownText).join(', ');
}

const wordsOf = (bytes: Buffer, start: number) => (word: number) => bytes.readBigInt64LE(start + 8 * word);

function aggregated(aggregation: Aggregation, perCpu: readonly ((word: number) => bigint)[]): string {
  const total = (word: number) =>
    BigInt.asIntN(
      64,
      perCpu.reduce((sum, wordOf) => sum + wordOf(word), 0n),
    );
  const number = (value: bigint) =>
    String('isSigned' in aggregation && aggregation.isSigned ? value : BigInt.asUintN(64, value));
  switch (aggregation.kind) {
    case 'count':
    case 'sum':
      return number(total(0));
    case 'min':
    case 'max': {
      const values = perCpu
        .filter((wordOf) => wordOf(1) !== 0n)
        .map((wordOf) => (aggregation.isSigned ? wordOf(0) : BigInt.asUintN(64, wordOf(0))));
      if (values.length === 0) return '0';
      return String(values.reduce((best, value) => ((aggregation.kind === 'min') === value < best ? value : best)));
    }
    case 'avg':
      return total(1) === 0n ? '0' : number(total(0) / total(1));
    case 'stats':
      return `{ .count = ${total(1)}, .average = ${total(1) === 0n ? 0n : number(total(0) / total(1))}, .total = ${number(total(0))} }`;
    default:
      return histogramText(
        aggregation,
        Array.from({ length: slotsOf(aggregation) }, (_, slot) => total(1 + slot)),
      );
  }
}
