import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import type { Layout } from '../../../src/decode/layout.js';
import { StackMap } from '../../../src/decode/stack_map.js';
import { Decoding, le } from '../decoding.js';
import { array, chars, u8, u16, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();
const pid = { title: 'field "pid"', layout: u32, offset: 0 };
const pidBytes = le(42, 4);

function addressBytes(...addresses: readonly bigint[]): Uint8Array {
  return Uint8Array.from(addresses.flatMap((address) => [...le(address, 8)]));
}

/** A map with the stack 7. */
function stackMap(...addresses: readonly bigint[]): StackMap {
  const map = new StackMap();
  map.connect((key) =>
    new Uint32Array(key.slice().buffer)[0] === 7 ? addressBytes(...addresses, 0n, 99n) : undefined,
  );
  return map;
}

/** Decodes a field that follows the pid. */
async function decode(layout: Layout, bytes: Uint8Array, spec: DecoderSpec, stacks = stackMap()) {
  const others = { field: () => pid, stacks: () => stacks };
  const chain = decoding.compile(layout, [spec], 4, others);
  const key = Uint8Array.from([...pidBytes, ...bytes]);
  chain.announce!(key);
  await chain.prepare!();
  return chain.decode(key);
}

describe('ustack', () => {
  const byId: DecoderSpec = { kind: 'ustack', pid: 'pid', stacks: 'stacks' };

  it('names the functions of a stack by its id, innermost first, up to the first zero', async () => {
    decoding.context.functions.set(16n, 'read').set(32n, 'main');
    expect(await decode(u32, le(7, 4), byId, stackMap(16n, 32n))).toBe('read;main');
    expect(decoding.context.stacksNamed).toEqual([{ pid: 42, addresses: [16n, 32n] }]);
  });

  it('shows the number of a stack that the map lacks, and nothing for none', async () => {
    expect(await decode(u32, le(8, 4), byId)).toBe('8');
    expect(await decode(u32, le(-14, 4), byId)).toBe('');
    expect(await decode(u64, le(-17, 8), byId)).toBe('');
    expect(await decode(u32, le(7, 4), byId, new StackMap())).toBe('7');
    expect(decoding.context.stacksNamed).toEqual([]);
  });

  it('names addresses in the field itself', async () => {
    decoding.context.functions.set(16n, 'read');
    const spec: DecoderSpec = { kind: 'ustack', pid: 'pid' };
    expect(await decode(array(u64, 3), addressBytes(16n, 17n, 0n), spec)).toBe('read;[unknown]');
    expect(await decode(array(u64, 3), addressBytes(0n, 0n, 0n), spec)).toBe('');
  });

  it('bounds frames and text', async () => {
    const addresses = Array.from({ length: 200 }, (_, i) => BigInt(i + 1));
    decoding.context.functions.set(1n, 'x'.repeat(3000));
    expect(await decode(u32, le(7, 4), byId, stackMap(...addresses))).toHaveLength(2048);
    expect(decoding.context.stacksNamed[0]!.addresses).toHaveLength(127);
  });

  it('asks once for a stack of many rows, and again after a minute', async () => {
    const stacks = stackMap(16n);
    for (let i = 0; i < 3; i++) await decode(u32, le(7, 4), byId, stacks);
    expect(decoding.context.stacksNamed).toHaveLength(1);
    decoding.context.advance(60_000);
    await decode(u32, le(7, 4), byId, stacks);
    expect(decoding.context.stacksNamed).toHaveLength(2);
  });

  it.each([u8, u16, chars(8)])('takes an id of 4 or 8 bytes only', (layout) => {
    const others = { field: () => pid, stacks: () => stackMap() };
    expect(() => decoding.compile(layout, [byId], 4, others)).toThrow('with `stacks` an integer of 4 or 8 bytes');
  });
});

describe('usym', () => {
  const spec: DecoderSpec = { kind: 'usym', pid: 'pid' };

  it('names the function that an address lies in', async () => {
    decoding.context.functions.set(16n, 'read');
    expect(await decode(u64, le(16, 8), spec)).toBe('read');
    expect(await decode(u64, le(17, 8), spec)).toBe('[unknown]');
  });

  it.each([u32, array(u64, 2)])('takes whole addresses only', (layout) => {
    const others = { field: () => pid };
    expect(() => decoding.compile(layout, [spec], 4, others)).toThrow('an integer or pointer of 8 bytes');
  });

  it('needs a number for the process', () => {
    const others = { field: () => ({ title: 'field "comm"', layout: chars(16), offset: 0 }) };
    expect(() => decoding.compile(u64, [spec], 16, others)).toThrow('Decoder "usym"');
  });
});

describe('kstack', () => {
  it('names a stack by its id', async () => {
    decoding.context.write('proc/kallsyms', 'ffffffff81000100 t read\nffffffff81000200 T vfs_read\n');
    const stacks = stackMap(0xffffffff81000110n, 0xffffffff81000210n);
    expect(await decode(u32, le(7, 4), { kind: 'kstack', stacks: 'stacks' }, stacks)).toBe('read;vfs_read');
    expect(await decode(u32, le(9, 4), { kind: 'kstack', stacks: 'stacks' }, stacks)).toBe('9');
  });
});
