import { describe, expect, it } from 'vitest';
import { Decoding, text } from '../decoding.js';
import { bytes16, chars } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('string', () => {
  it.each<[string, string | readonly number[], string]>([
    ['text up to the first NUL', 'bash\0junk', 'bash'],
    ['text without a NUL', '0123456789abcdef', '0123456789abcdef'],
    ['an empty string', '', ''],
    ['UTF-8 of every length', 'aé€😀', 'aé€😀'],
    ['control characters', 'a\nb\t"c"', 'a\\x0ab\\x09"c"'],
    ['the last control characters', '\x1f\x7f\x80\x9f', '\\x1f\\x7f\\xc2\\x80\\xc2\\x9f'],
    ['their neighbours', ' ~\xa0', ' ~\xa0'],
    ['marks of the writing direction', '\u202Eab\u2066', '\\xe2\\x80\\xaeab\\xe2\\x81\\xa6'],
    ['line separators', 'a\u2028\u2029', 'a\\xe2\\x80\\xa8\\xe2\\x80\\xa9'],
    ['zero-width characters', 'a\u200b\ufeff', 'a\\xe2\\x80\\x8b\\xef\\xbb\\xbf'],
    ['invisible tags', '🎅\u{e0041}', '🎅\\xf3\\xa0\\x81\\x81'],
    ['right-to-left text', 'שלום', 'שלום'],
    ['bytes that are not UTF-8', [0x61, 0xff, 0x62, 0x80], 'a\\xffb\\x80'],
    ['a sequence cut off by NUL', [0x61, 0xe2, 0x82], 'a\\xe2\\x82'],
    [
      'a sequence cut off by the end of the array',
      [...Buffer.from('0123456789abcd'), 0xe2, 0x82],
      '0123456789abcd\\xe2\\x82',
    ],
    ['overlong forms', [0xc0, 0xaf, 0xe0, 0x80, 0xaf], '\\xc0\\xaf\\xe0\\x80\\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['a sequence beyond the last code point', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['a backslash', 'C:\\dir', 'C:\\dir'],
    ['text that looks like an escape', '\\xff', '\\x5cxff'],
    ['a backslash at the end', '0123456789abcde\\', '0123456789abcde\\'],
  ])('decodes %s', (_, value, expected) => {
    const decoded = decode(chars(16), text(value, 16));
    expect(decoded).toBe(expected);
    expect(Buffer.from(decoded!).toString()).toBe(decoded);
  });

  it('never gives the same text for different bytes', () => {
    const pieces = [0x5c, 0x78, 0x30, 0x61, 0x0a, 0xff, 0xc2, 0x85];
    const chain = decoding.compile(chars(5));
    const seen = new Set<string>();
    const count = 8 ** 5;
    for (let n = 0; n < count; n++) {
      const bytes = text(
        [0, 3, 6, 9, 12].map((shift) => pieces[(n >> shift) & 7]!),
        5,
      );
      const decoded = chain.decode(bytes)!;
      if (seen.has(decoded)) expect.fail(`${bytes.join()} gives "${decoded}", as other bytes do`);
      seen.add(decoded);
    }
    expect(seen.size).toBe(count);
  });

  it('decodes arrays of bytes', () => {
    expect(decode(bytes16, text('eth0', 16), ['string'])).toBe('eth0');
  });
});
