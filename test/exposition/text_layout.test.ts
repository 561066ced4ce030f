import { describe, expect, it } from 'vitest';
import { layOutTexts } from '../../src/exposition/text_layout.js';
import type { SeriesTexts } from '../../src/metrics/family.js';

const textsOf = ({ arena, starts, lengths, order }: SeriesTexts) =>
  [...order].map((series) => arena.toString('utf8', starts[series], starts[series]! + lengths[series]!));

describe('the layout of texts', () => {
  it.each([
    ['short texts', [['a', 'é{a="1"}'], [], ['🎅']]],
    [
      'a long text in another family',
      [
        ['a', 'b'],
        ['€'.repeat(3000), 'c'],
      ],
    ],
    ['a long text that is not the last', [['x'.repeat(9000), 'a', 'b']]],
  ])('keeps %s, with scratch for two of the longest lines', (_, families) => {
    const layouts = layOutTexts(families);
    expect(layouts.map(textsOf)).toEqual(families);
    const longest = Math.max(...families.flat().map((text) => Buffer.byteLength(text)));
    for (const { arena, scratch, starts } of layouts) {
      expect(arena).toBe(layouts[0]!.arena);
      expect(scratch).toBeGreaterThanOrEqual(2 * (longest + 100));
      for (const start of starts) expect(start).toBeGreaterThanOrEqual(scratch);
    }
  });
});
