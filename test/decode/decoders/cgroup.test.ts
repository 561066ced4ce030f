import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cgroupLabels } from '../../../src/cgroups/labels.js';
import { cgroupNames } from '../../../src/decode/names/cgroup_names.js';
import { Decoding, le } from '../decoding.js';
import { s64, u16, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();
const { compile, decode } = decoding;
const kinds = Object.keys(cgroupLabels) as (keyof typeof cgroupLabels)[];

describe('the decoders of cgroups', () => {
  it('show an unknown cgroup as its id, and nothing else of it', () => {
    const texts = (id: number | bigint) => kinds.map((kind) => decode(u64, le(id, 8), [kind]));
    const rest = kinds.slice(1).map(() => '');
    expect(texts(1234)).toEqual(['1234', ...rest]);
    expect(texts((1n << 63n) | 77n)).toEqual(['77', ...rest]);
    expect(texts(0)).toEqual(['', ...rest]);
  });

  it('take unsigned integers of 4 or 8 bytes only', () => {
    expect(decode(u32, le(1234, 4), ['cgroup'])).toBe('1234');
    for (const layout of [u16, s64])
      expect(() => compile(layout, ['unit'])).toThrow('an unsigned integer of 4 or 8 bytes');
  });

  it('share the names of their context', async () => {
    cgroupNames(decoding.context).made(7, '/system.slice/a.service');
    expect(decode(u64, le(7, 8), ['unit'])).toBe('a.service');
    expect(decode(u64, le(7, 8), ['cgroup'])).toBe('/system.slice/a.service');
  });

  it('look an unknown cgroup up before it is decoded', async () => {
    decoding.context.write('proc/self/mountinfo', '');
    const chain = compile(u64, ['cgroup']);
    expect(chain.prepare!()).toBeUndefined();
    chain.announce!(le(statSync('/').ino, 8));
    await chain.prepare!();
    expect(chain.prepare!()).toBeUndefined();
  });
});
