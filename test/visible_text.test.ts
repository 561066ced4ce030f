import { describe, expect, it } from 'vitest';
import { hiddenIn, visible } from '../src/visible_text.js';

describe('visible text', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['two words', 'two words'],
    ['back\\slash', 'back\\slash'],
    ['\\xff', '\\x5cxff'],
    ['\\\\x', '\\\\x5cx'],
    ['a\nb\u0000', 'a\\x0ab\\x00'],
    ['\u007f\u0085', '\\x7f\\xc2\\x85'],
    ['so\u00adft', 'so\\xc2\\xadft'],
    ['\u061c\u200e\u200f', '\\xd8\\x9c\\xe2\\x80\\x8e\\xe2\\x80\\x8f'],
    ['\u{e0001}🎅', '\\xf3\\xa0\\x80\\x81🎅'],
    ['שלום العربية 名前 é', 'שלום العربية 名前 é'],
  ])('of %j is %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  const invisible = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0x061c, 0x061c],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x2069],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xe0000, 0xe007f],
  ] as const;
  const characters = invisible.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)),
  );

  it('escapes every control, direction mark, line separator, zero-width character and tag', () => {
    expect(characters.filter((character) => hiddenIn(`a${character}`) !== character)).toEqual([]);
    expect(characters.filter((character) => !/^(?:\\x[\da-f]{2})+$/.test(visible(character)))).toEqual([]);
  });

  it('differs where the text differs', () => {
    const pieces = [...characters, '\\', 'x', '0', 'a', '\\x0a', '\\\\', '€'];
    const shown = new Set(pieces.flatMap((first) => pieces.map((second) => visible(first + second))));
    const texts = new Set(pieces.flatMap((first) => pieces.map((second) => first + second)));
    expect(shown.size).toBe(texts.size);
  });
});
