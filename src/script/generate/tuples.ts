/** `(a, b)` */
import { storedSize } from '../check/value_type.js';
import type { Expression, Place } from '../syntax/tree.js';
import { storedType, storeInto } from './conversion.js';
import { shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

export function tuple(
  lowering: Lowering,
  expressions: readonly Expression[],
  names: readonly string[] | undefined,
): Value {
  const values = expressions.map((expression) => ({ value: lowering.value(expression), place: expression.place }));
  return tupleOf(lowering, values, names);
}

export function tupleOf(
  lowering: Lowering,
  values: readonly { readonly value: Value; readonly place: Place }[],
  names: readonly string[] | undefined,
): Value {
  const { longestText } = lowering.compilation.settings;
  const elements = values.map(({ value }) => storedType(value, longestText));
  const type = { kind: 'tuple', elements, names } as const;
  const memory = lowering.temporary(storedSize(type));
  let at = 0;
  for (const [index, { value, place }] of values.entries()) {
    storeInto(lowering, shifted(memory, at), value, elements[index]!, place);
    at += storedSize(elements[index]!);
  }
  return { kind: 'memory', type, memory };
}
