import { describe, expect, it } from 'vitest';
import { namesByNumber } from '../../../src/decode/names/number_names.js';
import { x86Calls } from '../../../src/decode/names/syscall_names.js';

describe('the table of system calls', () => {
  it('has every name once', () => {
    const names = namesByNumber(x86Calls).filter((name) => name !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^_?[a-z][a-z0-9_]+$/.test(name))).toBe(true);
  });
});
