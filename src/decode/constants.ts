import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import type { Btf, BtfType } from './btf.js';
import { type Layout, layoutOf } from './layout.js';
import { describe } from './path.js';

/** The bytes that set a `const volatile` variable, and where they go in the initial value of its section's map. */
export interface EncodedConstant {
  /** Section of the variable, `.rodata` or `.rodata.NAME`. */
  readonly map: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export type ConstantInput = number | bigint | boolean | string;

/**
 * Encodes the value of a `const volatile` variable in the byte order of the object. Integers are exact over all 64 bits
 * and may be written as text (decimal or 0x); enums take an enumerator's name, char arrays a text that leaves room for NUL.
 * @throws CONSTANT_UNKNOWN, CONSTANT_INVALID, at `location`
 */
export function encodeConstant(btf: Btf, name: string, value: ConstantInput, location?: Location): EncodedConstant {
  const known = constants(btf);
  const constant = known.get(name);
  if (constant === undefined) {
    const names = [...known.keys()];
    throw fault('CONSTANT_UNKNOWN', { name, nearest: nearest(name, names), known: names }, { location });
  }
  const { layout } = constant;
  const refuse = (expected: string) =>
    fault('CONSTANT_INVALID', { name, expected, received: JSON.stringify(value, bigintText) }, { location });
  const bytes =
    layout.kind === 'array'
      ? encodeText(layout, value, refuse)
      : encodeInteger(layout, value, btf.littleEndian, refuse);
  return { map: constant.map, offset: constant.offset, bytes };
}

/** Names of all constants the object has, in the order of its sections. */
export function constantNames(btf: Btf): string[] {
  return [...constants(btf).keys()];
}

function constants(btf: Btf): Map<string, { map: string; offset: number; layout: Layout }> {
  const found = new Map<string, { map: string; offset: number; layout: Layout }>();
  for (let id = 1; id < btf.typeCount; id++) {
    const section = btf.type(id);
    if (section.kind !== 'section' || !isReadOnly(section.name)) continue;
    const layout = layoutOf(btf, id);
    if (layout.kind !== 'struct') continue;
    for (const [index, field] of layout.fields.entries()) {
      if (!isVolatile(btf, section, index)) continue;
      found.set(field.name, { map: section.name, offset: field.offset, layout: field.layout });
    }
  }
  return found;
}

function isReadOnly(section: string): boolean {
  return section === '.rodata' || section.startsWith('.rodata.');
}

/** Plain `const` variables are refused: the compiler has already put their values into the instructions. */
function isVolatile(btf: Btf, section: BtfType & { kind: 'section' }, index: number): boolean {
  const variable = btf.type(section.variables[index]!.type);
  if (variable.kind !== 'variable') return false;
  // layoutOf has followed these references already, so the chain ends. Qualifiers of an array stand on its elements.
  let type = btf.type(variable.type);
  while (type.kind === 'qualifier' || type.kind === 'typedef' || type.kind === 'array') {
    if (type.kind === 'qualifier' && type.word === 'volatile') return true;
    type = btf.type(type.type);
  }
  return false;
}

type Refuse = (expected: string) => Error;

function encodeText(layout: Layout & { kind: 'array' }, value: ConstantInput, refuse: Refuse): Uint8Array {
  const { element, count } = layout;
  if (element.kind !== 'integer' || element.size !== 1) {
    throw refuse(`a constant of a plain type (this one is ${describe(layout)})`);
  }
  const bytes = Buffer.alloc(count);
  if (typeof value !== 'string' || value.includes('\0') || Buffer.byteLength(value) >= count) {
    throw refuse(`text of at most ${Math.max(0, count - 1)} bytes (${layout.type})`);
  }
  bytes.write(value);
  return bytes;
}

function encodeInteger(layout: Layout, value: ConstantInput, littleEndian: boolean, refuse: Refuse): Uint8Array {
  if (layout.kind !== 'integer' && layout.kind !== 'enum') {
    throw refuse(`a constant of a plain type (this one is ${describe(layout)})`);
  }
  const { size, signed } = layout;
  const network = layout.kind === 'integer' && layout.network;
  const expected = expectation(layout);
  const integer = toBigint(layout, value);
  if (integer === undefined) throw refuse(expected);
  const isBool = layout.kind === 'integer' && layout.encoding === 'bool';
  const bits = isBool ? 1 : size * 8;
  if ((signed ? BigInt.asIntN(bits, integer) : BigInt.asUintN(bits, integer)) !== integer) throw refuse(expected);
  const bytes = Buffer.alloc(size);
  let rest = BigInt.asUintN(64, integer);
  for (let i = 0; i < size; i++, rest >>= 8n) {
    bytes[littleEndian && !network ? i : size - 1 - i] = Number(rest & 0xffn);
  }
  return bytes;
}

function toBigint(layout: Layout, value: ConstantInput): bigint | undefined {
  const isBool = layout.kind === 'integer' && layout.encoding === 'bool';
  if (typeof value === 'boolean') return isBool ? BigInt(value) : undefined;
  if (isBool) return undefined;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (layout.kind === 'enum') {
    for (const [number, name] of layout.names) if (name === value) return BigInt(number);
  }
  if (!/^(?:-?\d{1,20}|0x[\da-f]{1,16})$/i.test(value)) return undefined;
  return BigInt(value);
}

function expectation(layout: Layout & { kind: 'integer' | 'enum' }): string {
  const { size, signed, type } = layout;
  if (layout.kind === 'integer' && layout.encoding === 'bool') return 'true or false';
  const [low, high] = signed
    ? [-(2n ** BigInt(size * 8 - 1)), 2n ** BigInt(size * 8 - 1) - 1n]
    : [0n, 2n ** BigInt(size * 8) - 1n];
  if (layout.kind === 'integer') return `a whole number from ${low} to ${high} (${type})`;
  const names = [...layout.names.values()];
  const list = names.slice(0, 20).join(', ');
  return `one of ${list}${names.length > 20 ? ', …' : ''}, or a number that fits (${type})`;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
