import { describe, expect, it } from 'vitest';
import { findSymbols } from '../../../src/decode/names/kernel_symbols.js';
import { Decoding } from '../decoding.js';

const decoding = new Decoding();

describe('findSymbols', () => {
  it('reads a large file piece by piece', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, i) => `ffffffff${(0x80000000 + i * 16).toString(16)} t function_${i}`,
    );
    decoding.context.write('proc/kallsyms', `${lines.join('\n')}\n`);
    const addressOf = (i: number) => 0xffffffff80000000n + BigInt(i * 16 + 7);
    const some = [99_999, 0, 77_777, 1, 500, 501];
    const found = await findSymbols(decoding.context.path('proc/kallsyms'), some.map(addressOf));
    expect(found.size).toBe(some.length);
    for (const i of some) expect(found.get(addressOf(i))).toEqual({ name: `function_${i}`, offset: 7 });
  });

  it('agrees with a search through all symbols, sorted or not', async () => {
    const random = (limit: number) => Math.floor(Math.random() * limit);
    const symbols = Array.from({ length: 3000 }, (_, i) => ({
      address: random(5000) * 16,
      name: `s${i}_${'x'.repeat(random(60))}`,
    }));
    const ordered = symbols.slice(0, 2000).sort((a, b) => a.address - b.address);
    const all = [...ordered, ...symbols.slice(2000)];
    const text = (address: number) => (0xffffffff80000000n + BigInt(address)).toString(16);
    decoding.context.write('proc/kallsyms', all.map(({ address, name }) => `${text(address)} t ${name}\n`).join(''));
    const wanted = Array.from({ length: 300 }, () => random(90_000));
    const found = await findSymbols(
      decoding.context.path('proc/kallsyms'),
      wanted.map((address) => BigInt(`0x${text(address)}`)),
    );
    for (const address of wanted) {
      const below = all.filter((symbol) => symbol.address <= address);
      const nearest = Math.max(...below.map((symbol) => symbol.address));
      const name = below.find((symbol) => symbol.address === nearest)?.name;
      const symbol = name === undefined ? undefined : { name, offset: address - nearest };
      expect(found.get(BigInt(`0x${text(address)}`))).toEqual(symbol);
    }
  });
});
