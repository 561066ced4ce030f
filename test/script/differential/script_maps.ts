/** The maps that random scripts use. Their types are fixed: a first block, which never runs, uses each of them once. */
import type { Expression, Statement } from '../../../src/script/syntax/tree.js';
import type { AggregateKind, AggregateSettings } from './aggregate.js';
import type { Choices } from './choices.js';
import { assignment, call, cast, integer, map, text, tuple } from './tree_nodes.js';

export const numberTypes = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const;
export type NumberName = (typeof numberTypes)[number];
/** A part of a key, or an element of a tuple. */
export type PartType = NumberName | 'string';

export interface NumberMap {
  readonly name: string;
  readonly key: readonly PartType[];
  readonly isDeleted: boolean;
}

export interface TextMap {
  readonly name: string;
  readonly key: readonly PartType[];
}

export interface TupleMap extends TextMap {
  readonly elements: readonly PartType[];
}

export interface AggregateMap extends TextMap {
  readonly settings: AggregateSettings;
}

export interface ScriptMaps {
  /** Without keys. Their values are given from outside before each run. */
  readonly inputs: readonly { readonly name: string; readonly type: NumberName }[];
  /** Plain numbers: int64. */
  readonly numbers: readonly NumberMap[];
  readonly texts: readonly TextMap[];
  readonly tuples: readonly TupleMap[];
  readonly aggregates: readonly AggregateMap[];
}

const aggregateKinds: readonly AggregateKind[] = ['count', 'sum', 'min', 'max', 'avg', 'stats', 'hist', 'lhist'];

export function randomMaps(choices: Choices): ScriptMaps {
  const some = <Item>(most: number, make: (index: number) => Item) =>
    Array.from({ length: choices.below(most + 1) }, (_, index) => make(index));
  const part = (): PartType => (choices.below(3) === 0 ? 'string' : choices.of(numberTypes));
  const key = () => some(3, part);
  return {
    inputs: Array.from({ length: 4 }, (_, index) => ({ name: `i${index}`, type: choices.of(numberTypes) })),
    numbers: some(3, (index) => {
      const parts = key();
      return { name: `n${index}`, key: parts, isDeleted: parts.length > 0 && choices.below(2) === 0 };
    }),
    texts: some(1, (index) => ({ name: `t${index}`, key: key() })),
    tuples: some(1, (index) => ({ name: `u${index}`, key: key(), elements: [part(), part()] })),
    aggregates: Array.from({ length: 1 + choices.below(3) }, (_, index) => ({
      name: `a${index}`,
      key: key(),
      settings: aggregateSettings(choices),
    })),
  };
}

function aggregateSettings(choices: Choices): AggregateSettings {
  const step = BigInt(1 + choices.below(20));
  const min = BigInt(choices.below(20)) - 10n;
  return {
    kind: choices.of(aggregateKinds),
    isSigned: choices.below(2) === 0,
    bits: choices.below(6),
    min,
    max: min + step * BigInt(1 + choices.below(12)),
    step,
  };
}

/** The value that an aggregation is assigned. */
export function aggregateCall(
  { kind, bits, min, max, step, isSigned }: AggregateSettings,
  value: Expression,
): Expression {
  const number = cast(isSigned ? 'int64' : 'uint64', value);
  if (kind === 'count') return call('count');
  if (kind === 'hist') return bits === 0 ? call('hist', number) : call('hist', number, integer(BigInt(bits)));
  return kind === 'lhist' ? call('lhist', number, integer(min), integer(max), integer(step)) : call(kind, number);
}

const usual = (type: PartType): Expression => (type === 'string' ? text('') : cast(type, integer(0n)));

/** The statements of the first block. */
export function typingStatements({ inputs, numbers, texts, tuples, aggregates }: ScriptMaps): Statement[] {
  const first = (name: string, key: readonly PartType[], value: Expression) =>
    assignment(map(name, key.map(usual)), value);
  return [
    ...inputs.map(({ name, type }) => first(name, [], usual(type))),
    ...numbers.flatMap(({ name, key, isDeleted }) => {
      const assigned = first(name, key, usual('int64'));
      const deleted = {
        kind: 'expression statement',
        expression: call('delete', map(name, key.map(usual))),
        place: { start: 0, end: 0 },
      } as const;
      return isDeleted ? [assigned, deleted] : [assigned];
    }),
    ...texts.map(({ name, key }) => first(name, key, text('a text of some length'))),
    ...tuples.map(({ name, key, elements }) => first(name, key, tuple(elements.map(usual)))),
    ...aggregates.map(({ name, key, settings }) => first(name, key, aggregateCall(settings, integer(0n)))),
  ];
}
