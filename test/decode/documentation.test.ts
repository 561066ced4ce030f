import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldDecoders, textDecoders } from '../../src/decode/decoder_table.js';

const page = readFileSync(new URL('../../docs/decoders.md', import.meta.url), 'utf8');

describe('docs/decoders.md', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.*?) \| .* \|$/gm)];

  it('lists every decoder, with what it takes', () => {
    expect(Object.fromEntries(rows.map(([, name, what]) => [name, what]))).toEqual({
      ...Object.fromEntries(Object.entries(fieldDecoders).map(([name, { takes }]) => [name, takes])),
      ...Object.fromEntries(Object.keys(textDecoders).map((name) => [name, 'text'])),
    });
  });

  it('has a row for every file in src/decode/decoders', () => {
    const files = readdirSync(new URL('../../src/decode/decoders/', import.meta.url));
    expect(files.sort()).toEqual(rows.map(([, name]) => `${name}.ts`).sort());
  });
});
