import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { s64, u32 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('syscall', () => {
  it.each<[string, number, string]>([
    ['x64', 0, 'read'],
    ['x64', 59, 'execve'],
    ['x64', 334, 'rseq'],
    ['x64', 335, 'uretprobe'],
    ['x64', 424, 'pidfd_send_signal'],
    ['x64', 462, 'mseal'],
    ['x64', 471, 'rseq_slice_yield'],
    ['x64', 400, 'syscall_400'],
    ['x64', 512, 'syscall_512'],
    ['x64', 0x40000000, 'read'],
    ['x64', 0x40000000 + 520, 'execve'],
    ['x64', 0x40000000 + 600, 'syscall_1073742424'],
    ['arm64', 63, 'read'],
    ['arm64', 221, 'execve'],
    ['arm64', 435, 'clone3'],
    ['arm64', 512, 'syscall_512'],
    ['arm64', 0x40000000, 'syscall_1073741824'],
    ['riscv64', 63, 'syscall_63'],
  ])('on %s, %i is %s', (arch, number, expected) => {
    decoding.context.arch = arch;
    expect(decode(u32, le(number, 4), ['syscall'])).toBe(expected);
  });

  it('decodes a negative number', () => {
    expect(decode(s64, le(-1, 8), ['syscall'])).toBe('syscall_-1');
  });
});
