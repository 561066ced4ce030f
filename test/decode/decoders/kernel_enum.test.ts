import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import type { Layout } from '../../../src/decode/layout.js';
import { Decoding, le } from '../decoding.js';
import { operations, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();

describe('kernel_enum', () => {
  const reasons = (strip = ''): DecoderSpec => ({ kind: 'kernel_enum', name: 'skb_drop_reason', strip });
  const unnamed: DecoderSpec = { kind: 'map', values: { 0: 'unknown' } };

  async function namesOf(
    layout: Layout,
    ...specs: DecoderSpec[]
  ): Promise<(value: number | bigint) => string | undefined> {
    const chain = decoding.compile(layout, specs);
    await chain.prepare?.();
    expect(chain.prepare?.()).toBeUndefined();
    return (value) => chain.decode(le(value, layout.size));
  }

  it('gives the names of the running kernel instead of those in the object', async () => {
    decoding.context.kernelEnums.set('skb_drop_reason', [
      ['SKB_NOT_DROPPED_YET', 0],
      ['SKB_DROP_REASON_NO_SOCKET', 3],
      ['SKB_DROP_REASON_LAST', 3],
      ['NEGATIVE', -1],
      ['WIDE', 2n ** 60n],
    ]);
    const nameOf = await namesOf(u32, reasons('SKB_DROP_REASON_'));
    expect([0, 3, 4].map(nameOf)).toEqual(['SKB_NOT_DROPPED_YET', 'NO_SOCKET', '4']);
    expect((await namesOf(u64, reasons()))(2n ** 60n)).toBe('WIDE');
    expect((await namesOf(operations, reasons()))(-1)).toBe('NEGATIVE');
    expect(decoding.context.kernelEnumReads).toBe(1);
  });

  it('gives digits when the kernel has no such enum, and `map` can name them', async () => {
    const nameOf = await namesOf(u32, reasons(), unnamed);
    expect([0, 7].map(nameOf)).toEqual(['unknown', '7']);
    expect(decoding.context.kernelEnumReads).toBe(1);
  });
});
