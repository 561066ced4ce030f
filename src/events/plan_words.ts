/** The plan of a counter as native/event_plan.cc reads it: 64-bit words. */
import { endianness } from 'node:os';
import type { NumberField } from '../decode/number_field.js';

/** An integer of a record. */
export interface RecordNumber extends NumberField {
  /** Network byte order. */
  readonly network: boolean;
}

/** A part of the key. Of text, what follows its NUL does not count. */
export interface KeyPart {
  readonly offset: number;
  readonly size: number;
  readonly isText: boolean;
}

/** Inclusive; below 0 only for signed numbers. */
export type Range = readonly [from: bigint, to: bigint];

export type Filter =
  | {
      readonly number: RecordNumber;
      readonly mask: bigint;
      readonly isNegated: boolean;
      readonly ranges: readonly Range[];
    }
  | {
      readonly number?: undefined;
      readonly offset: number;
      readonly size: number;
      readonly isNegated: boolean;
      readonly texts: readonly string[];
    };

/** A sum, or with `bounds` a histogram, of a number of each record. */
export interface Measure {
  readonly number: RecordNumber;
  readonly bounds?: readonly bigint[];
}

export interface StreamPlan {
  readonly keySize: number;
  readonly maxEntries: number;
  readonly filters: readonly Filter[];
  readonly key: readonly KeyPart[];
  readonly measures: readonly Measure[];
}

/** Writes the plans of all streams of one buffer. */
export function planWords(plans: readonly StreamPlan[]): BigUint64Array {
  return BigUint64Array.from([BigInt(plans.length), ...plans.flatMap(streamWords)], (word) => BigInt.asUintN(64, word));
}

function streamWords(plan: StreamPlan): bigint[] {
  const { keySize, maxEntries, filters, key, measures } = plan;
  return [
    ...numbers(requiredSize(plan), keySize, maxEntries, filters.length),
    ...filters.flatMap(filterWords),
    ...numbers(key.length),
    ...key.flatMap(({ isText, offset, size }) => numbers(Number(isText), offset, size)),
    ...numbers(measures.length),
    ...measures.flatMap(({ number, bounds }) => [
      ...numberWords(number),
      ...numbers(Number(bounds !== undefined), bounds?.length ?? 0),
      ...(bounds ?? []),
    ]),
  ];
}

/** A record that ends in a text may be shorter than its struct: programs write no more than they have. */
function requiredSize({ filters, key, measures }: StreamPlan): number {
  const ends = [
    ...filters.map((filter) => (filter.number ? filter.number.offset + filter.number.size : filter.offset + 1)),
    ...key.map(({ offset, size, isText }) => offset + (isText ? 1 : size)),
    ...measures.map(({ number }) => number.offset + number.size),
  ];
  return Math.max(0, ...ends);
}

function filterWords(filter: Filter): bigint[] {
  if (filter.number) {
    const { number, mask, isNegated, ranges } = filter;
    return [0n, ...numberWords(number), mask, ...numbers(Number(isNegated), ranges.length), ...ranges.flat()];
  }
  const { offset, size, isNegated, texts } = filter;
  return [1n, ...numbers(offset, size, Number(isNegated), texts.length), ...texts.flatMap(textWords)];
}

function numberWords({ offset, size, signed, network, bits }: RecordNumber): bigint[] {
  return numbers(offset, size, Number(signed), Number(network), bits?.shift ?? 0, bits?.width ?? 0);
}

function textWords(text: string): bigint[] {
  const bytes = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil(bytes.length / 8) * 8);
  bytes.copy(padded);
  const read = endianness() === 'LE' ? padded.readBigUInt64LE : padded.readBigUInt64BE;
  return [BigInt(bytes.length), ...Array.from({ length: padded.length / 8 }, (_, i) => read.call(padded, i * 8))];
}

const numbers = (...values: number[]): bigint[] => values.map(BigInt);
