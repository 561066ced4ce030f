import type { Comparison, Operation, Width } from '../ir/program.js';

/** What BPF computes, on 64-bit values as unsigned bigints. */

const operations: Readonly<Record<Operation, (a: bigint, b: bigint, bits: number) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  mod: (a, b) => (b === 0n ? a : a % b),
  signedDiv: (a, b, bits) => (b === 0n ? 0n : BigInt.asIntN(bits, a) / BigInt.asIntN(bits, b)),
  signedMod: (a, b, bits) => (b === 0n ? a : BigInt.asIntN(bits, a) % BigInt.asIntN(bits, b)),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shiftLeft: (a, b, bits) => a << (b & BigInt(bits - 1)),
  shiftRight: (a, b, bits) => a >> (b & BigInt(bits - 1)),
  signedShiftRight: (a, b, bits) => BigInt.asIntN(bits, a) >> (b & BigInt(bits - 1)),
};

/** The result, zero-extended from the width of the operation. */
export function computed(operation: Operation, bits: 32 | 64, left: bigint, right: bigint): bigint {
  const result = operations[operation](BigInt.asUintN(bits, left), BigInt.asUintN(bits, right), bits);
  return BigInt.asUintN(bits, result);
}

const comparisons: Readonly<Record<Comparison, (a: bigint, b: bigint) => boolean>> = {
  equal: (a, b) => a === b,
  unequal: (a, b) => a !== b,
  below: (a, b) => a < b,
  atMost: (a, b) => a <= b,
  above: (a, b) => a > b,
  atLeast: (a, b) => a >= b,
  signedBelow: (a, b) => a < b,
  signedAtMost: (a, b) => a <= b,
  signedAbove: (a, b) => a > b,
  signedAtLeast: (a, b) => a >= b,
  anyBit: (a, b) => (a & b) !== 0n,
};

export function compared(comparison: Comparison, bits: 32 | 64, left: bigint, right: bigint): boolean {
  const cut = comparison.startsWith('signed') ? BigInt.asIntN : BigInt.asUintN;
  return comparisons[comparison](cut(bits, left), cut(bits, right));
}

/** The low bytes of a value, extended to 64 bits. */
export function extended(value: bigint, width: Width, isSigned: boolean): bigint {
  const bits = 8 * width;
  return BigInt.asUintN(64, isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}

/** The low bytes in the other order. */
export function swapped(value: bigint, bits: 16 | 32 | 64): bigint {
  let result = 0n;
  for (let shift = 0n; shift < BigInt(bits); shift += 8n) result = (result << 8n) | ((value >> shift) & 0xffn);
  return result;
}
