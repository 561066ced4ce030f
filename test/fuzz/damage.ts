/** A whole number from 0 to below the limit. */
export type Random = (below: number) => number;

export const oneOf = <T>(random: Random, all: readonly T[]): T => all[random(all.length)]!;

const words = [0, 1, 2, 4, 8, 24, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A copy with some bits, bytes and 32-bit words changed; some copies are cut. */
export function damagedBytes(random: Random, original: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(original);
  const view = new DataView(bytes.buffer);
  for (let edits = 1 + random(6); edits > 0; edits--) {
    const at = random(bytes.length - 3);
    const kind = random(4);
    if (kind === 0) bytes[at] = bytes[at]! ^ (1 << random(8));
    else if (kind === 1) bytes[at] = random(256);
    else view.setUint32(at & ~3, kind === 2 ? oneOf(random, words) : random(bytes.length), true);
  }
  return random(10) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** The text with some pieces put in and some of its characters left out or doubled. */
export function damagedText(random: Random, original: string, pieces: readonly string[]): string {
  let text = original;
  for (let edits = 1 + random(4); edits > 0; edits--) {
    const at = random(text.length + 1);
    const rest = text.slice(at + random(3) * random(12));
    const again = random(8) === 0 ? text.slice(at, at + random(40)) : '';
    text = text.slice(0, at) + (random(3) > 0 ? oneOf(random, pieces) : '') + again + rest;
  }
  return text;
}
