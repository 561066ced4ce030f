/** Values of maps, as text and as bpftrace writes them. */
import { readFileSync } from 'node:fs';
import { errorNames } from '../../../src/decode/names/error_names.js';
import { namesByNumber } from '../../../src/decode/names/number_names.js';
import { type IntegerValue, storedSize, type ValueType } from '../../../src/script/check/value_type.js';
import { objectText } from './object_text.js';

export type Shown =
  | { readonly kind: 'number'; readonly value: bigint; readonly type: IntegerValue }
  | { readonly kind: 'pointer'; readonly value: bigint }
  /** Text, or bytes that only have a text. */
  | { readonly kind: 'text'; readonly text: string; readonly bytes: Buffer }
  | { readonly kind: 'tuple'; readonly elements: readonly Shown[]; readonly names: readonly string[] | undefined };

/** Enumerators of the kernel's enums, by number. */
export type Enumerations = ReadonlyMap<string, ReadonlyMap<bigint, string>>;

const errorName = namesByNumber(errorNames);

/** Reads what `storeInto` wrote. */
export function readValue(type: ValueType, bytes: Buffer, enumerations: Enumerations): Shown {
  switch (type.kind) {
    case 'integer': {
      const value = type.isSigned ? bytes.readBigInt64LE() : bytes.readBigUInt64LE();
      const text = type.decode === undefined ? undefined : decoded(type.decode, value, enumerations);
      return text === undefined
        ? { kind: 'number', value, type }
        : { kind: 'text', text, bytes: Buffer.from(bytes.subarray(0, 8)) };
    }
    case 'pointer':
      return { kind: 'pointer', value: bytes.readBigUInt64LE() };
    case 'text': {
      const end = bytes.indexOf(0);
      const text = bytes.subarray(0, end < 0 || end > type.bytes ? type.bytes : end);
      return { kind: 'text', text: text.toString('utf8'), bytes: Buffer.from(text) };
    }
    case 'bytes': {
      const own = Buffer.from(bytes.subarray(0, type.bytes));
      const text = type.of === undefined ? bytesText(type.decode, own) : objectText(type.of, own);
      return { kind: 'text', text, bytes: own };
    }
    case 'tuple': {
      let at = 0;
      const elements = type.elements.map((element) => {
        const value = readValue(element, bytes.subarray(at), enumerations);
        at += storedSize(element);
        return value;
      });
      return { kind: 'tuple', elements, names: type.names };
    }
    default:
      throw new Error(`a map holds ${type.kind}`);
  }
}

/** As print() writes it. */
export function shownText(value: Shown): string {
  switch (value.kind) {
    case 'number':
      return value.type.isBoolean ? String(value.value !== 0n) : String(value.value);
    case 'pointer':
      return `0x${value.value.toString(16)}`;
    case 'text':
      return value.text;
    case 'tuple': {
      const { names } = value;
      const elements = value.elements.map((element, index) =>
        names?.[index] === undefined ? shownText(element) : `${names[index]} = ${shownText(element)}`,
      );
      return names === undefined ? `(${elements.join(', ')})` : `{ ${elements.map((each) => `.${each}`).join(', ')} }`;
    }
  }
}

function decoded(decode: unknown, value: bigint, enumerations: Enumerations): string | undefined {
  if (decode === 'errno') return errorName[Number(value < 0n ? -value : value)];
  if (decode === 'ksym') return kernelFunction(value);
  if (decode === 'user') return userName(value);
  if (typeof decode === 'object' && decode !== null && 'kernel_enum' in decode) {
    const { name } = decode.kernel_enum as { readonly name: string };
    return enumerations.get(name)?.get(value);
  }
  if (typeof decode === 'object' && decode !== null && 'map' in decode)
    return (decode.map as Readonly<Record<string, string>>)[String(value)];
  return undefined;
}

/** Enums of the kernel that a type shows. */
export function enumerationsOf(type: ValueType): string[] {
  if (type.kind === 'tuple') return type.elements.flatMap(enumerationsOf);
  const decode = type.kind === 'integer' ? type.decode : undefined;
  if (typeof decode !== 'object' || decode === null || !('kernel_enum' in decode)) return [];
  return [(decode.kernel_enum as { readonly name: string }).name];
}

function userName(id: bigint): string | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.split(':')[2] === String(id));
  return line?.split(':')[0];
}

let functions: { readonly address: bigint; readonly name: string }[] | undefined;

/** The function that begins last before an address. */
function kernelFunction(address: bigint): string {
  functions ??= readFileSync('/proc/kallsyms', 'latin1')
    .split('\n')
    .flatMap((line) => {
      const [start, kind, name] = line.split(/\s+/);
      return name !== undefined && /^[tTwW]$/.test(kind!) ? [{ address: BigInt(`0x${start}`), name }] : [];
    })
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  const after = functions.findIndex((each) => each.address > address);
  const found = after > 0 ? functions[after - 1] : undefined;
  return found?.name ?? `0x${address.toString(16)}`;
}

function bytesText(decode: unknown, bytes: Buffer): string {
  if (decode === 'mac') return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':');
  if (decode === 'kstack') {
    const words = Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readBigUInt64LE(8 * index));
    return `\n${words
      .filter((word) => word !== 0n)
      .map((word) => `    ${kernelFunction(word)}\n`)
      .join('')}`;
  }
  if (decode === 'inet' || JSON.stringify(decode)?.includes('inet')) return addressText(bytes);
  return escapedBytes(bytes);
}

/** Printable characters as they are, others in hexadecimal. */
export function escapedBytes(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`))
    .join('');
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (isMapped) return [...bytes.subarray(12)].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
