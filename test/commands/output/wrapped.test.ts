import { describe, expect, it } from 'vitest';
import { widthOf, wrapped } from '../../../src/commands/output/wrapped.js';

describe('a text', () => {
  it('is broken between words, and further lines are indented', () => {
    expect(wrapped('one two three four', 11, '  - ')).toEqual(['  - one two', '    three', '    four']);
    expect(wrapped('ab cd', 5)).toEqual(['ab cd']);
    expect(wrapped('ab cde', 5)).toEqual(['ab', 'cde']);
  });

  it('keeps words that are longer than a line', () => {
    expect(wrapped('a --config.file=/etc/x b', 10, '- ')).toEqual(['- a', '  --config.file=/etc/x', '  b']);
  });

  it('counts characters, not code units', () => {
    expect(wrapped('🎅🎅 🎅🎅 🎅', 5)).toEqual(['🎅🎅 🎅🎅', '🎅']);
  });
});

it('the width is that of the terminal, and 80 elsewhere', () => {
  expect(widthOf({ isTTY: true, columns: 132 })).toBe(132);
  expect(widthOf({ isTTY: true, columns: 5 })).toBe(40);
  expect(widthOf({ isTTY: true, columns: 0 })).toBe(80);
  expect(widthOf({ isTTY: true })).toBe(80);
  expect(widthOf({ columns: 132 })).toBe(80);
});
