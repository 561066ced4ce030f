/** Structs of records with random members, and records of them. */
import { oneOf, type Random } from './damage.js';

/** A member of the struct, as the compiler lays it out. */
export interface Member {
  readonly name: string;
  readonly offset: number;
  /** Bytes; 0 for text that ends with its record. */
  readonly size: number;
  readonly kind: 'unsigned' | 'signed' | 'network' | 'text';
}

export interface RecordStruct {
  /** As in C. */
  readonly text: string;
  readonly size: number;
  readonly members: readonly Member[];
}

const integers: readonly (readonly [type: string, size: number, kind: Member['kind']])[] = [
  ['u8', 1, 'unsigned'],
  ['u16', 2, 'unsigned'],
  ['u32', 4, 'unsigned'],
  ['u64', 8, 'unsigned'],
  ['s8', 1, 'signed'],
  ['short', 2, 'signed'],
  ['int', 4, 'signed'],
  ['s64', 8, 'signed'],
  ['__be16', 2, 'network'],
  ['__be32', 4, 'network'],
];

/** Few, so that records meet the filters and share keys. */
const numbers = [0n, 1n, 2n, 3n, 127n, 128n, 255n, 256n, 65_535n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n, 2n ** 64n - 1n];
const texts = ['', 'a', 'b', 'ab', 'abc', 'abcdefgh', 'ä', 'abcdefghijklmnopqrstuv'];

export const someNumber = (random: Random): bigint => oneOf(random, numbers);
export const someText = (random: Random): string => oneOf(random, texts);

export function randomStruct(random: Random): RecordStruct {
  const members: Member[] = [];
  const written: string[] = [];
  let end = 0;
  let alignment = 1;
  const add = (declaration: string, size: number, own: number, kind: Member['kind']) => {
    const offset = Math.ceil(end / own) * own;
    members.push({ name: `m${members.length}`, offset, size, kind });
    written.push(declaration);
    end = offset + size;
    alignment = Math.max(alignment, own);
  };
  for (let left = 1 + random(6); left > 0; left--) {
    const name = `m${members.length}`;
    if (random(4) === 0) {
      const count = 1 + random(16);
      add(`char ${name}[${count}];`, count, 1, 'text');
    } else {
      const [type, size, kind] = oneOf(random, integers);
      add(`${type} ${name};`, size, size, kind);
    }
  }
  if (random(4) === 0) add(`char m${members.length}[];`, 0, 1, 'text');
  return { text: `struct { ${written.join(' ')} }`, size: Math.ceil(end / alignment) * alignment, members };
}

/** A record of the struct. Some are cut or longer. */
export function randomRecord(random: Random, { size, members }: RecordStruct): Uint8Array {
  const bytes = Buffer.alloc(size + 24);
  for (const { offset, size, kind } of members) {
    if (kind === 'text') bytes.write(someText(random), offset, size === 0 ? 24 : size);
    else bytes.set(bytesOf(someNumber(random), size, kind), offset);
  }
  // What follows the NUL of a text, and padding.
  if (random(3) === 0) bytes[random(size)] = random(256);
  return bytes.subarray(0, random(5) === 0 ? random(bytes.length) : size + random(3) * 8);
}

function bytesOf(number: bigint, size: number, kind: Member['kind']): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++)
    bytes[kind === 'network' ? size - 1 - i : i] = Number((number >> BigInt(8 * i)) & 255n);
  return bytes;
}

/** The number of a whole member. */
export function numberOf(record: Uint8Array, { offset, size, kind }: Member): bigint {
  let number = 0n;
  for (let i = 0; i < size; i++) {
    number = (number << 8n) | BigInt(record[kind === 'network' ? offset + i : offset + size - 1 - i]!);
  }
  return kind === 'signed' ? BigInt.asIntN(size * 8, number) : number;
}

/** The bytes of a text up to its NUL, its end or the end of the record, which has its first byte. */
export function textOf(record: Uint8Array, { offset, size }: Member, most = Number.MAX_SAFE_INTEGER): Buffer {
  const field = Buffer.from(record.subarray(offset, offset + Math.min(size === 0 ? most : size, most)));
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}
