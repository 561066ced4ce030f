import type { EnumLayout, IntegerLayout, Layout } from './layout.js';

/** The value of a constant as a probe file writes it. */
export type ConstantInput = number | bigint | boolean | string;

const listLimit = 20;

/** What a constant must be, for messages: `true or false`. Undefined for types that cannot be set. */
export function requirementOf(layout: Layout): string | undefined {
  if (isText(layout)) return `text of at most ${Math.max(0, layout.size - 1)} bytes (${layout.type})`;
  if (isBool(layout)) return 'true or false';
  if (layout.kind === 'integer') {
    const bits = BigInt(layout.size * 8);
    const [low, high] = layout.signed ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
    return `a whole number from ${low} to ${high} (${layout.type})`;
  }
  if (layout.kind !== 'enum') return undefined;
  const names = [...layout.names.values()];
  const list = names.slice(0, listLimit).join(', ');
  return `one of ${list}${names.length > listLimit ? ', …' : ''}, or a number that fits (${layout.type})`;
}

/** The bytes of a value in the byte order of the object; undefined when the value does not meet the requirement. */
export function encodeValue(layout: Layout, value: ConstantInput, littleEndian: boolean): Uint8Array | undefined {
  if (isText(layout)) return encodeText(layout.size, value);
  if (layout.kind !== 'integer' && layout.kind !== 'enum') return undefined;
  const integer = integerOf(layout, value);
  if (integer === undefined || !fits(layout, integer)) return undefined;
  const isNetwork = layout.kind === 'integer' && layout.network;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, integer));
  const used = bytes.subarray(0, layout.size);
  return littleEndian && !isNetwork ? used : used.reverse();
}

function encodeText(size: number, value: ConstantInput): Uint8Array | undefined {
  if (typeof value !== 'string' || value.includes('\0') || Buffer.byteLength(value) >= size) return undefined;
  const bytes = Buffer.alloc(size);
  bytes.write(value);
  return bytes;
}

function integerOf(layout: IntegerLayout | EnumLayout, value: ConstantInput): bigint | undefined {
  if (typeof value === 'boolean') return isBool(layout) ? BigInt(value) : undefined;
  if (isBool(layout)) return undefined;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (layout.kind === 'enum') {
    for (const [number, name] of layout.names) if (name === value) return BigInt(number);
  }
  return /^(?:-?\d{1,20}|0x[\da-f]{1,16})$/i.test(value) ? BigInt(value) : undefined;
}

function fits({ size, signed }: IntegerLayout | EnumLayout, integer: bigint): boolean {
  return (signed ? BigInt.asIntN(size * 8, integer) : BigInt.asUintN(size * 8, integer)) === integer;
}

function isText(layout: Layout): boolean {
  return layout.kind === 'array' && layout.element.kind === 'integer' && layout.element.size === 1;
}

function isBool(layout: Layout): boolean {
  return layout.kind === 'integer' && layout.encoding === 'bool';
}
