import type { SeriesTexts } from '../metrics/family.js';

/** Lays out the texts of several families in one arena. They are written in the order given. */
export function layOutTexts(families: readonly (readonly string[])[]): SeriesTexts[] {
  const lengths = families.map((texts) => Uint32Array.from(texts, (text) => Buffer.byteLength(text)));
  let total = 0;
  let longest = 0;
  for (const length of lengths.flatMap((list) => [...list])) {
    total += length;
    longest = Math.max(longest, length);
  }
  const scratch = Math.max(4096, 2 * (longest + 100));
  const arena = Buffer.allocUnsafeSlow(scratch + total);
  let end = scratch;
  return families.map((texts, family) => {
    const starts = new Uint32Array(texts.length);
    for (const [index, text] of texts.entries()) {
      starts[index] = end;
      end += arena.write(text, end);
    }
    return { arena, scratch, starts, lengths: lengths[family]!, order: Uint32Array.from(texts.keys()) };
  });
}
