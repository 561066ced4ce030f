import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { array, chars, u8, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();
const kallsyms = ['ffffffff81000100 t read', 'ffffffff81000200 T vfs_read', 'ffffffff81000300 T do_syscall_64', ''];

function stack(count: number, ...addresses: readonly bigint[]): Uint8Array {
  return Uint8Array.from(Array.from({ length: count }, (_, i) => [...le(addresses[i] ?? 0n, 8)]).flat());
}

async function frames(
  layout: Parameters<typeof decoding.compile>[0],
  bytes: Uint8Array,
  decoder: NonNullable<Parameters<typeof decoding.compile>[1]>[number] = 'kstack',
) {
  const chain = decoding.compile(layout, [decoder]);
  chain.announce!(bytes);
  await chain.prepare!();
  return chain.decode(bytes);
}

describe('kstack', () => {
  it('names the functions, innermost first, up to the first zero', async () => {
    decoding.context.write('proc/kallsyms', kallsyms.join('\n'));
    const bytes = stack(6, 0xffffffff81000100n, 0xffffffff81000210n, 0xffffffff81000304n, 0n, 0xffffffff81000304n);
    expect(await frames(array(u64, 6), bytes)).toBe('read;vfs_read;do_syscall_64');
    expect(await frames(chars(48), bytes)).toBe('read;vfs_read;do_syscall_64');
    const inLines = { kind: 'kstack', separator: '\n' } as const;
    expect(await frames(array(u64, 6), bytes, inLines)).toBe('read\nvfs_read\ndo_syscall_64');
  });

  it('takes a return address for the call before it', async () => {
    decoding.context.write('proc/kallsyms', kallsyms.join('\n'));
    const bytes = stack(2, 0xffffffff81000200n, 0xffffffff81000300n);
    expect(await frames(array(u64, 2), bytes)).toBe('vfs_read;vfs_read');
  });

  it('is empty without a frame, and hexadecimal without symbols', async () => {
    expect(await frames(array(u64, 2), stack(2))).toBe('');
    expect(await frames(array(u64, 2), stack(2, 16n, 2n ** 64n - 1n))).toBe('0x10;0xfffffffffffffffe');
  });

  it('bounds frames and text', async () => {
    const addresses = Array.from({ length: 200 }, (_, i) => 0xffffffff81000000n + BigInt(i));
    const text = await frames(array(u64, 200), stack(200, ...addresses));
    expect(text).toHaveLength(2048);
    expect(text).toMatch(/^0xffffffff81000000;.*…$/);
    expect(await frames(array(u64, 200), stack(200, ...addresses.map((_, i) => BigInt(i + 1))))).toMatch(/;0x7e$/);
  });

  it.each([array(u8, 12), array(u64, 0), u64, u32])('takes arrays of whole addresses only', (layout) => {
    expect(() => decoding.compile(layout, ['kstack'])).toThrow('multiple of 8 bytes');
  });
});
