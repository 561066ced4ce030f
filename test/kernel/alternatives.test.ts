import { describe, expect, it } from 'vitest';
import { Alternatives } from '../../src/kernel/alternatives.js';

describe('Alternatives', () => {
  it('leaves out all but the first of each list', () => {
    const alternatives = new Alternatives([
      ['a', 'b', 'c'],
      ['x', 'y'],
    ]);
    expect(alternatives.unused()).toEqual(['b', 'c', 'y']);
    expect(alternatives.fallbacks()).toEqual([]);
  });

  it('moves one list on at a time and ends at its last program', () => {
    const alternatives = new Alternatives([
      ['a', 'b'],
      ['x', 'y'],
    ]);
    expect(alternatives.advance('a')).toBe(true);
    expect(alternatives.unused()).toEqual(['a', 'y']);
    expect(alternatives.fallbacks()).toEqual(['b']);
    expect(alternatives.advance('b')).toBe(false);
    expect(alternatives.advance('x')).toBe(true);
    expect(alternatives.fallbacks()).toEqual(['b', 'y']);
  });

  it('passes over what is to be avoided, where there is something else', () => {
    const alternatives = new Alternatives([['a', 'b', 'c'], ['a', 'x'], ['a']]);
    alternatives.avoid((program) => ['a', 'b'].includes(program));
    expect(alternatives.unused()).toEqual(['a', 'b', 'a']);
    expect(alternatives.fallbacks()).toEqual(['c', 'x']);
  });

  it('leaves out what is optional, once', () => {
    const alternatives = new Alternatives([['a', 'b']], ['b', 'c']);
    expect(alternatives.omit('a')).toBe(false);
    expect(alternatives.omit('c')).toBe(true);
    expect(alternatives.omit('c')).toBe(false);
    expect(alternatives.unused()).toEqual(['b', 'c']);
    expect(alternatives.advance('a')).toBe(true);
    expect(alternatives.omit('b')).toBe(true);
    expect(alternatives.unused()).toEqual(['a', 'c', 'b']);
  });

  it('does not move for a program that is not in use', () => {
    const alternatives = new Alternatives([['a', 'b']]);
    expect(alternatives.advance('b')).toBe(false);
    expect(alternatives.advance('other')).toBe(false);
  });
});
