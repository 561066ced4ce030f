import { describe, expect, it } from 'vitest';
import { Decoding, text } from '../decoding.js';
import { chars, u64 } from '../field_layouts.js';

const { compile, decode } = new Decoding();

/** The wire format of labels. */
const wire = (...labels: readonly (string | readonly number[])[]): number[] =>
  labels.flatMap((label) => [label.length, ...(typeof label === 'string' ? Buffer.from(label) : label)]);

describe('dname', () => {
  it.each<[string, readonly number[], number, string]>([
    ['a name', [...wire('www', 'example', 'com'), 0], 64, 'www.example.com'],
    ['no case', [...wire('wWw', 'EXAMPLE'), 0], 64, 'www.example'],
    ['the root', [0], 64, '.'],
    ['nothing after the end', [...wire('a'), 0, ...wire('b'), 0], 64, 'a'],
    ['a name that fills the field', [...wire('abc'), 0], 5, 'abc'],
    ['a name that the field cuts between labels', wire('abc'), 4, 'abc…'],
    ['a name that the field cuts inside a label', [9, 97, 98], 3, 'ab…'],
    ['a length without a label', [...wire('abc'), 3], 5, 'abc.…'],
    ['a pointer', [...wire('abc'), 0xc0, 12, 0], 64, 'abc…'],
    ['a length above 63', [64, ...new Array<number>(64).fill(97), 0], 80, '…'],
    ['a dot inside a label', [...wire('a.b', 'c'), 0], 64, 'a\\x2eb.c'],
    ['a backslash', [...wire('a\\x2e'), 0], 64, 'a\\x5cx2e'],
    [
      'NUL, line breaks, spaces and other bytes',
      [...wire([0, 10, 32, 0xff, 0x7f]), 0],
      64,
      '\\x00\\x0a\\x20\\xff\\x7f',
    ],
  ])('shows %s', (_, bytes, size, name) => {
    expect(decode(chars(size), text(bytes, size), ['dname'])).toBe(name);
  });

  it('keeps the longest name whole', () => {
    const labels = ['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63), 'd'.repeat(61)];
    expect(decode(chars(255), text([...wire(...labels), 0], 255), ['dname'])).toBe(labels.join('.'));
  });

  it('bounds names of escaped bytes', () => {
    const bytes = [...wire(new Array<number>(63).fill(0), new Array<number>(63).fill(0)), 0];
    expect(decode(chars(255), text(bytes, 255), ['dname'])).toHaveLength(255);
  });

  it('shows any bytes as visible text', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const bytes = Uint8Array.from({ length: 40 }, (_, i) => Math.imul(seed * 64 + i + 1, 0x9e3779b1) >>> 26);
      expect(decode(chars(40), bytes, ['dname'])).toMatch(/^[!-~…]+$/);
    }
  });

  it('takes arrays of bytes only', () => {
    expect(() => compile(u64, ['dname'])).toThrow('array of bytes');
  });
});
