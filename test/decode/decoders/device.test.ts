import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { u32 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('device', () => {
  const link = (numbers: string, target: string) => {
    const path = decoding.context.path(`sys/dev/block/${numbers}`);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  const number = (major: number, minor: number) => le(major * 2 ** 20 + minor, 4);

  it('finds names in sysfs', () => {
    link('8:1', '../../devices/pci0000:00/host0/target0/block/sda/sda1');
    link('253:0', '../../devices/virtual/block/dm-0');
    link('104:16', '../../devices/pci0000:00/cciss0/block/cciss!c0d0');
    expect(decode(u32, number(8, 1), ['device'])).toBe('sda1');
    expect(decode(u32, number(253, 0), ['device'])).toBe('dm-0');
    expect(decode(u32, number(104, 16), ['device'])).toBe('cciss/c0d0');
    expect(decode(u32, number(259, 70000), ['device'])).toBe('259:70000');
    expect(decode(u32, number(4095, 2 ** 20 - 1), ['device'])).toBe('4095:1048575');
  });

  it('shows no control characters', () => {
    link('8:2', '../../block/sd\u0007a');
    expect(decode(u32, number(8, 2), ['device'])).toBe('sd\\x07a');
  });

  it.each([
    [0xfe00, '254:0'],
    [0x0801, '8:1'],
    [0x103_00 + 5, '259:5'],
    [0xfff00000 + (259 << 8) + 0xff, '259:1048575'],
    [37, '0:37'],
  ])('reads the encoding of stat(2): %i is %s', (encoded, numbers) => {
    expect(decode(u32, le(encoded, 4), ['stat_device'])).toBe(numbers);
    link(numbers, '../../devices/virtual/block/vdz');
    decoding.context.advance(10_000);
    expect(decode(u32, le(encoded, 4), ['stat_device'])).toBe('vdz');
  });

  it('looks again after ten seconds', () => {
    expect(decode(u32, number(7, 0), ['device'])).toBe('7:0');
    link('7:0', '../../devices/virtual/block/loop0');
    expect(decode(u32, number(7, 0), ['device'])).toBe('7:0');
    decoding.context.advance(10_000);
    expect(decode(u32, number(7, 0), ['device'])).toBe('loop0');
  });
});
