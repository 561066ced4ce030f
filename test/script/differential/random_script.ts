/** Random well-typed scripts. */
import type { Script, Statement } from '../../../src/script/syntax/tree.js';
import type { Choices } from './choices.js';
import { RandomStatements } from './random_statements.js';
import { randomMaps, type ScriptMaps, typingStatements } from './script_maps.js';
import { begin, increment, map, run } from './tree_nodes.js';

export interface RandomScript {
  /** The first block declares types, and never runs. */
  readonly tree: Script;
  readonly maps: ScriptMaps;
  /** Values of the inputs for each run of all blocks. */
  readonly inputs: readonly (readonly bigint[])[];
}

const rounds = 3;
// No script makes more keys. The kernel clears the memory of all entries for each script.
const entries = { name: 'max_map_keys', value: 512n, place: { start: 0, end: 0 } };
const counted = run(increment('++', false, map('runs', [])));
const edges = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  64n,
  127n,
  128n,
  255n,
  256n,
  32767n,
  65536n,
  1n << 31n,
  (1n << 31n) - 1n,
  1n << 32n,
  1n << 62n,
  1n << 63n,
  (1n << 63n) - 1n,
];

export function randomScript(choices: Choices): RandomScript {
  const maps = randomMaps(choices);
  const blocks: (readonly Statement[])[] = Array.from({ length: 1 + choices.below(8) }, () =>
    new RandomStatements(choices, maps).body(),
  );
  const tree: Script = {
    settings: [entries],
    definitions: [],
    maps: [],
    // A program that uses no map would be left out.
    probes: [typingStatements(maps), ...blocks].map((statements) => begin([counted, ...statements])),
  };
  const inputs = Array.from({ length: rounds }, () => maps.inputs.map(() => edges[choices.below(edges.length)]!));
  return { tree, maps, inputs };
}
