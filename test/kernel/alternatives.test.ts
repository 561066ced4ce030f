import { describe, expect, it } from 'vitest';
import { fault } from '../../src/errors/fault.js';
import { Alternatives } from '../../src/kernel/alternatives.js';

describe('Alternatives', () => {
  it('uses the first of each list', () => {
    const alternatives = new Alternatives([
      ['a', 'b', 'c'],
      ['x', 'y'],
    ]);
    expect(alternatives.unused()).toEqual(['b', 'c', 'y']);
  });

  it('moves one list on at a time, up to its last program', () => {
    const alternatives = new Alternatives([
      ['a', 'b'],
      ['x', 'y'],
    ]);
    expect(alternatives.advance('a')).toBe(true);
    expect(alternatives.unused()).toEqual(['a', 'y']);
    expect(alternatives.advance('b')).toBe(false);
    expect(alternatives.advance('x')).toBe(true);
  });

  it('skips avoided programs if the list has another', () => {
    const alternatives = new Alternatives([['a', 'b', 'c'], ['a', 'x'], ['a']]);
    alternatives.avoid((program) => ['a', 'b'].includes(program));
    expect(alternatives.unused()).toEqual(['a', 'b', 'a']);
  });

  it('leaves out an optional program once', () => {
    const alternatives = new Alternatives([['a', 'b']], ['b', 'c']);
    expect(alternatives.omit('a')).toBe(false);
    expect(alternatives.omit('c')).toBe(true);
    expect(alternatives.omit('c')).toBe(false);
    expect(alternatives.unused()).toEqual(['b', 'c']);
    expect(alternatives.advance('a')).toBe(true);
    expect(alternatives.omit('b')).toBe(true);
    expect(alternatives.unused()).toEqual(['a', 'c', 'b']);
  });

  it('knows why programs were left out', () => {
    const reason = fault('HOOK_MISSING', {
      program: 'c',
      section: 'tp_btf/c',
      release: '5.10',
      missing: 'hook',
      lines: '',
    });
    const alternatives = new Alternatives([], ['c']);
    expect(alternatives.replace('c', reason)).toBe(true);
    expect(alternatives.replace('c', reason)).toBe(false);
    expect(alternatives.omissions).toEqual([reason]);
  });

  it('replaces a program whose hook is missing by the next one, then by none if it is optional', () => {
    const hookMissing = fault('HOOK_MISSING', {
      program: 'b',
      section: 'tp_btf/b',
      release: '6.1',
      missing: 'hook',
      lines: '',
    });
    const rejected = fault('PROGRAM_REJECTED', { program: 'b', release: '6.1', errno: 'EINVAL', lines: '' });
    const alternatives = new Alternatives([['a', 'b']], ['b']);
    expect(alternatives.replace('a', rejected)).toBe(true);
    expect(alternatives.replace('b', rejected)).toBe(false);
    expect(alternatives.replace('b', hookMissing)).toBe(true);
    expect(alternatives.unused()).toEqual(['a', 'b']);
  });

  it('has the reason of the first choice told first', () => {
    const alternatives = new Alternatives([['a', 'b', 'c'], ['x']]);
    const rejected = (program: string) =>
      fault('PROGRAM_REJECTED', { program, release: '6.1', errno: 'EINVAL', lines: '' });
    const forbidden = fault('PROGRAM_FORBIDDEN', { program: 'a', release: '6.1' });
    expect(alternatives.replace('a', forbidden)).toBe(true);
    expect(alternatives.replace('b', rejected('b'))).toBe(true);
    const last = rejected('c');
    expect(alternatives.replace('c', last)).toBe(false);
    const reason = alternatives.reason('c', last);
    expect([reason.code, reason.remedy]).toEqual([forbidden.code, forbidden.remedy]);
    expect(reason.message).toBe(`${forbidden.message}\nIts last alternative fails too: ${last.message}`);
    const alone = rejected('x');
    expect(alternatives.replace('x', alone)).toBe(false);
    expect(alternatives.reason('x', alone)).toBe(alone);
    expect(alternatives.reason(undefined, alone)).toBe(alone);
    const ofHost = fault('KERNEL_NO_PRIVILEGE', { release: '6.1' });
    const others = new Alternatives([['a', 'b']]);
    others.replace('a', ofHost);
    others.replace('b', last);
    expect(others.reason('b', last)).toBe(ofHost);
    // A kernel may reject the first choice for a reason of its own; lockdown forbids all of them.
    for (const order of [
      [last, ofHost],
      [last, ofHost, last],
    ]) {
      const names = order.map((_, i) => `p${i}`);
      const locked = new Alternatives([names]);
      for (const [i, failure] of order.entries()) locked.replace(names[i]!, failure);
      expect(locked.reason(names.at(-1), order.at(-1)!)).toBe(ofHost);
    }
  });

  it('leaves out an optional program that this host forbids', () => {
    const alternatives = new Alternatives([], ['a']);
    expect(alternatives.replace('a', fault('PROGRAM_FORBIDDEN', { program: 'a', release: '6.1' }))).toBe(true);
    expect(alternatives.unused()).toEqual(['a']);
  });

  it('loads a twin only together with its program', () => {
    const alternatives = new Alternatives([['a', 'b']], ['c'], { a: 'a_nested', b: 'b_nested', c: 'c_nested' });
    expect(alternatives.unused()).toEqual(['b', 'b_nested']);
    alternatives.advance('a');
    alternatives.omit('c');
    expect(alternatives.unused()).toEqual(['a', 'c', 'a_nested', 'c_nested']);
  });

  it('does not move for a program that is not in use', () => {
    const alternatives = new Alternatives([['a', 'b']]);
    expect(alternatives.advance('b')).toBe(false);
    expect(alternatives.advance('other')).toBe(false);
  });
});
