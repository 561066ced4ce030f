import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { u64 } from '../field_layouts.js';

const decoding = new Decoding();

describe('ksym', () => {
  const kallsyms = [
    '0000000000000000 A fixed_percpu_data',
    'ffffffff81000000 T _text',
    'ffffffff81000000 T startup_64',
    'ffffffff81000100 t first_function',
    'ffffffff81000200 T do_sys_open',
    'ffffffffc0001000 t ext4_map_blocks\t[ext4]',
    'ffffffffc0000000 t nf_hook\t[nf_tables]',
    'ffff800080000000 T arm64_start',
    'ffffffffc0002000 t bell\u0007\t[module]',
    'garbage',
    'zzzzzzzz81000000 T not_hexadecimal',
  ].join('\n');

  const compiled = () => decoding.compile(u64, ['ksym']);

  async function names(...addresses: bigint[]): Promise<(string | undefined)[]> {
    return texts(compiled(), addresses);
  }

  async function texts(chain: ReturnType<typeof compiled>, addresses: readonly bigint[]) {
    for (const address of addresses) chain.announce!(le(address, 8));
    await chain.prepare!();
    return addresses.map((address) => chain.decode(le(address, 8)));
  }

  it('names the symbol that an address lies in', async () => {
    decoding.context.write('proc/kallsyms', `${kallsyms}\n`);
    const found = {
      '0xffffffff81000000': '_text',
      '0xffffffff81000008': '_text',
      '0xffffffff810001ff': 'first_function',
      '0xffffffff81000200': 'do_sys_open',
      '0xffffffffc0000004': 'nf_hook',
      '0xffffffffc0001004': 'ext4_map_blocks',
      '0xffffffffc0002000': 'bell\\x07',
      '0xffff800080000010': 'arm64_start',
      '0xffff700000000000': '0xffff700000000000',
      '0x7f0000001000': '0x7f0000001000',
    };
    expect(await names(...Object.keys(found).map(BigInt))).toEqual(Object.values(found));
  });

  it('has the offset as ksym_offset', async () => {
    decoding.context.write('proc/kallsyms', `${kallsyms}\n`);
    const addresses = [0xffffffff81000000n, 0xffffffff81000210n, 0xffffffff81000211n, 0xffffffffc0001004n, 16n];
    expect(await texts(decoding.compile(u64, ['ksym_offset']), addresses)).toEqual([
      '_text+0x0',
      'do_sys_open+0x10',
      'do_sys_open+0x11',
      'ext4_map_blocks+0x4',
      '0x10',
    ]);
  });

  it('looks up announced addresses once and forgets them after a minute', async () => {
    decoding.context.write('proc/kallsyms', `${kallsyms}\n`);
    const chain = compiled();
    expect(chain.prepare!()).toBeUndefined();
    const address = le(0xffffffff81000000n, 8);
    chain.announce!(address);
    const first = chain.prepare!();
    expect(first).toBeInstanceOf(Promise);
    chain.announce!(le(0xffffffff81000200n, 8));
    expect(chain.prepare!()).toBe(first);
    await first;
    expect([address, le(0xffffffff81000200n, 8)].map((one) => chain.decode(one))).toEqual(['_text', 'do_sys_open']);
    chain.announce!(address);
    expect(chain.prepare!()).toBeUndefined();
    decoding.context.advance(60_000);
    expect(chain.decode(address)).toBe('0xffffffff81000000');
    chain.announce!(address);
    expect(chain.prepare!()).toBeInstanceOf(Promise);
  });

  it.each([
    ['is missing', undefined],
    ['hides its addresses', '0000000000000000 T _text\n0000000000000000 T do_sys_open\n'],
    ['has no line end', 'f'.repeat(100_000)],
  ])('gives hexadecimal digits when the file %s', async (_, file) => {
    if (file !== undefined) decoding.context.write('proc/kallsyms', file);
    expect(await names(0xffffffff81000000n)).toEqual(['0xffffffff81000000']);
  });
});
