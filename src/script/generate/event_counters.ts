/** A printf as a counter: its chosen arguments are the key. */
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { updateAggregation } from './aggregations.js';
import type { CountedPrint, Lowering } from './lowering.js';
import { keyInMemory } from './map_keys.js';

export function countEvent(
  lowering: Lowering,
  call: Extract<Expression, { kind: 'call' }>,
  { map: name, labels }: CountedPrint,
): void {
  const parts = labels.map((label) => {
    const expression = call.arguments[label.argument];
    if (expression === undefined || label.argument === 0) {
      const count = call.arguments.length - 1;
      throw new ScriptProblem(
        call.place,
        `Label "${label.name}" needs argument ${label.argument} of a printf that has ${count}`,
        'Arguments count from 1.',
      );
    }
    return { expression, name: label.name };
  });
  const map = lowering.map(name, call.place);
  const key = keyInMemory(lowering, map, parts, call.place);
  lowering.compilation.maps.useAggregation(map, { kind: 'count' }, call.place);
  updateAggregation(lowering, map, key, { kind: 'count' }, undefined);
}
