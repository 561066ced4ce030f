import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import type { Layout } from '../../../src/decode/layout.js';
import { Decoding, le } from '../decoding.js';
import { s32, s64, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('errno and signal', () => {
  it.each<[DecoderSpec['kind'], Layout, number, string]>([
    ['errno', u32, 2, 'ENOENT'],
    ['errno', s64, -2, 'ENOENT'],
    ['errno', u64, -11, 'EAGAIN'],
    ['errno', u32, 133, 'EHWPOISON'],
    ['errno', u32, 512, 'ERESTARTSYS'],
    ['errno', u32, 524, 'ENOTSUPP'],
    ['errno', u32, 0, '0'],
    ['errno', u32, 41, '41'],
    ['errno', s32, -4000, '-4000'],
    ['signal', u32, 9, 'SIGKILL'],
    ['signal', u32, 31, 'SIGSYS'],
    ['signal', u32, 33, '33'],
    ['signal', u32, 34, 'SIGRTMIN'],
    ['signal', u32, 64, 'SIGRTMIN+30'],
    ['signal', u32, 65, '65'],
    ['signal', u32, 0, '0'],
  ])('%s of %j %i is %s', (kind, layout, value, expected) => {
    expect(decode(layout, le(value, layout.size), [kind])).toBe(expected);
  });
});
