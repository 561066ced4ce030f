import { describe, expect, it } from 'vitest';
import { parseScript } from '../../../src/script/syntax/parse.js';
import { rewritten } from '../../../src/script/syntax/rewriting.js';
import type { Script } from '../../../src/script/syntax/tree.js';
import { Choices } from '../object/random_function.js';
import { randomTree } from './random_tree.js';
import { printScript } from './script_text.js';

/** Texts have other places when they are written anew. */
function withoutPlaces(script: Script): unknown {
  return JSON.parse(
    JSON.stringify(
      rewritten(script, (node) => node),
      (key, value: unknown) => (key === 'place' ? undefined : typeof value === 'bigint' ? `${value}n` : value),
    ),
  );
}

describe('a script', () => {
  it('is parsed as the tree that it was written from, for random trees', () => {
    const seed = Number(process.env.SANTABPF_SEED ?? 20261128);
    const choices = new Choices(seed);
    for (let round = 0; round < 150; round++) {
      const tree = randomTree(choices);
      const text = printScript(tree);
      expect(withoutPlaces(parseScript(text, 'x.bt')), `seed ${seed}, round ${round}:\n${text}`).toEqual(
        withoutPlaces(tree),
      );
    }
  });

  it('keeps what binds stronger', () => {
    const text = 'begin { @ = (1 + 2) * 3 - -$x.0; @y[pid, (1, 2)] = count(); }';
    const tree = parseScript(text, 'x.bt');
    expect(printScript(tree)).toBe('begin { @ = ((1 + 2) * 3) - (-($x.0)); @y[pid, (1, 2)] = count(); }\n');
    expect(withoutPlaces(parseScript(printScript(tree), 'x.bt'))).toEqual(withoutPlaces(tree));
  });
});
