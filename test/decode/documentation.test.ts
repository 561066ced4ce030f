import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldDecoders } from '../../src/decode/decoders/field_decoders.js';
import { kernelEnumTakes } from '../../src/decode/decoders/kernel_enum.js';
import { namesByNumber } from '../../src/decode/decoders/named_numbers.js';
import { x86Calls } from '../../src/decode/decoders/syscall_names.js';

const page = readFileSync(new URL('../../docs/decoders.md', import.meta.url), 'utf8');

describe('docs/decoders.md', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.*?) \| .* \|$/gm)];

  it('lists every decoder, with what it takes', () => {
    const withSettings = { kernel_enum: kernelEnumTakes, map: 'text', regex: 'text' };
    const takes = Object.entries(fieldDecoders).map(([name, decoder]) => [name, decoder.takes]);
    expect(Object.fromEntries(rows.map(([, name, what]) => [name, what]))).toEqual({
      ...Object.fromEntries(takes),
      ...withSettings,
    });
  });

  it('has a file for each', () => {
    const files = new Set(readdirSync(new URL('../../src/decode/decoders/', import.meta.url)));
    for (const [, name] of rows) expect(files).toContain(`${name}.ts`);
  });
});

describe('the table of system calls', () => {
  it('names every number at most once, and every name', () => {
    const names = namesByNumber(x86Calls).filter((name) => name !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^_?[a-z][a-z0-9_]+$/.test(name))).toBe(true);
  });
});
