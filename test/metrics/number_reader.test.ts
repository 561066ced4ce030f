import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { NumberField } from '../../src/decode/number_field.js';
import { numberReader, single } from '../../src/metrics/number_reader.js';
import { u64 } from '../harness/fake_map.js';
import { randomNumbers } from '../harness/random.js';

function read(bytes: Uint8Array, field: Partial<NumberField>, shape = single, at = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return numberReader({ offset: 0, size: 8, signed: false, ...field }, shape)(view, at);
}

describe('number readers', () => {
  const allOnes = Buffer.alloc(16, 0xff);

  it.each([1, 2, 4, 8] as const)('reads %d bytes, signed or not', (size) => {
    expect(read(allOnes, { size, signed: true })).toBe(-1);
    expect(read(allOnes, { size })).toBe(size === 8 ? 2 ** 64 : 2 ** (8 * size) - 1);
  });

  it('reads 64 bits as the nearest double', () => {
    for (const value of [0n, 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n + 1025n, 2n ** 64n - 1n]) {
      expect(read(u64(value), {})).toBe(Number(value));
    }
    for (const value of [-1n, -(2n ** 31n), -(2n ** 53n), -(2n ** 63n)]) {
      expect(read(u64(value), { signed: true })).toBe(Number(value));
    }
  });

  it('reads at any offset, aligned or not', () => {
    const bytes = Buffer.concat([Buffer.from([9, 9, 9]), u64(77), Buffer.from([9])]);
    expect(read(bytes, { offset: 2 }, single, 1)).toBe(77);
  });

  it('sums the CPUs of signed and unsigned numbers', () => {
    const shape = { cpus: 3, cpuStride: 16 };
    const bytes = Buffer.concat([u64(0, -5), u64(0, 2), u64(0, -7)]);
    expect(read(bytes, { offset: 8, signed: true }, shape)).toBe(-10);
    expect(read(Buffer.concat([u64(0, 5), u64(0, 2), u64(0, 7)]), { offset: 8 }, shape)).toBe(14);
    expect(read(bytes, { offset: 8, size: 4, signed: true }, shape)).toBe(endianness() === 'LE' ? -10 : -2);
  });

  it('rounds a sum over CPUs once', () => {
    const cpus = Array.from({ length: 5 }, (_, cpu) => u64(cpu === 0 ? 2n ** 53n : 1n));
    expect(read(Buffer.concat(cpus), {}, { cpus: 5, cpuStride: 8 })).toBe(2 ** 53 + 4);
  });

  it('reads bitfields of any width', () => {
    const bytes = u64(0xfedc_ba98_7654_3210n);
    expect(read(bytes, { bits: { shift: 4, width: 8 } })).toBe(0x21);
    expect(read(bytes, { bits: { shift: 60, width: 4 } })).toBe(0xf);
    expect(read(bytes, { bits: { shift: 60, width: 4 }, signed: true })).toBe(-1);
    expect(read(bytes, { bits: { shift: 8, width: 40 } })).toBe(0xba98765432);
  });

  it('reads every size at every place, from one CPU or several', () => {
    const random = randomNumbers(5);
    const bytes = Buffer.from(Array.from({ length: 96 }, () => random(256)));
    const truth = (place: number, size: number, signed: boolean) => {
      const part = [...bytes.subarray(place, place + size)];
      const digits = (endianness() === 'LE' ? part.reverse() : part).map((byte) => byte.toString(16).padStart(2, '0'));
      const unsigned = BigInt(`0x${digits.join('')}`);
      return signed ? BigInt.asIntN(8 * size, unsigned) : unsigned;
    };
    for (const size of [1, 2, 4, 8] as const) {
      for (const signed of [false, true]) {
        for (const [cpus, cpuStride] of [
          [1, 0],
          [2, 16],
          [3, 24],
        ] as const) {
          for (const [offset, at] of [
            [0, 0],
            [3, 0],
            [5, 16],
            [8, 1],
          ] as const) {
            const places = Array.from({ length: cpus }, (_, cpu) => at + offset + cpu * cpuStride);
            const sum = places.reduce((total, place) => total + truth(place, size, signed), 0n);
            expect(read(bytes, { offset, size, signed }, { cpus, cpuStride }, at)).toBe(Number(sum));
          }
        }
      }
    }
  });

  it('sums bitfields of all CPUs, signed or not', () => {
    const bytes = Buffer.concat([u64(0x0f0), u64(0x070), u64(0x120)]);
    const shape = { cpus: 3, cpuStride: 8 };
    expect(read(bytes, { size: 2, bits: { shift: 4, width: 4 } }, shape)).toBe(15 + 7 + 2);
    expect(read(bytes, { size: 2, bits: { shift: 4, width: 4 }, signed: true }, shape)).toBe(-1 + 7 + 2);
    expect(read(bytes, { offset: 8, size: 1, bits: { shift: 4, width: 4 } }, single)).toBe(7);
    expect(read(bytes, { size: 4, bits: { shift: 0, width: 32 } }, single, 16)).toBe(0x120);
  });
});
