import { expect, test } from 'vitest';
import { nameCode, parseText, type Range } from '../../src/symbols/python_code.js';
import { debugOffsetsBytes, encodePythonProcess, parseDebugOffsets } from '../../src/symbols/python_offsets.js';

/** What CPython 3.13 says of itself, with changes by the index of the word. */
function debugOffsets(changes: Readonly<Record<number, bigint>> = {}): Buffer {
  const bytes = Buffer.alloc(debugOffsetsBytes);
  bytes.write('xdebugpy');
  const words = { 1: 0x030d05f0n, 5: 632n, 8: 7264n, 9: 7280n, 21: 8n, 23: 72n, 25: 160n, 29: 8n, 33: 70n };
  const objects = { 35: 112n, 37: 128n, 68: 32n, 69: 16n, 70: 40n };
  for (const [index, word] of Object.entries({ ...words, ...objects, ...changes })) {
    bytes.writeBigUInt64LE(word, 8 * Number(index));
  }
  return bytes;
}
const offsets = parseDebugOffsets(debugOffsets())!;

/** A `str` as CPython lays it out. */
function text(characters: Buffer, width: number, flags: number, length = characters.length / width): Buffer {
  const bytes = Buffer.alloc(40 + 16 + 1024);
  bytes.writeBigUInt64LE(BigInt(length), 16);
  bytes.writeUInt32LE((width << 2) | flags, 32);
  characters.copy(bytes, flags & 0x40 ? 40 : 56);
  return bytes;
}
const ascii = (name: string) => text(Buffer.from(name), 1, 0x60);

test('the offsets become the value of the BPF map', () => {
  const value = Buffer.from(encodePythonProcess(0xa3f400, offsets));
  expect(value.readBigUInt64LE()).toBe(0xa3f400n + 632n);
  expect(Array.from({ length: 8 }, (_, i) => value.readUInt32LE(8 + 4 * i))).toEqual([
    7264, 7280, 8, 160, 72, 0, 8, 70,
  ]);
});

test.each([
  ['another cookie', { 0: 1n }],
  ['another version', { 1: 0x030e00f0n }],
  ['a build without the global lock', { 2: 1n }],
  ['an interpreter that is too large', { 9: 1n << 40n }],
  ['a thread that is too large', { 25: 256n }],
  ['an offset that is not aligned', { 23: 73n }],
  ['a frame that is too large', { 29: 80n }],
  ['an owner behind the frame', { 33: 80n }],
  ['a text that is too large', { 70: 1n << 60n }],
])('%s is refused', (_, changes) => {
  expect(parseDebugOffsets(debugOffsets(changes))).toBeUndefined();
});

test('memory that was cut is refused', () => {
  expect(parseDebugOffsets(debugOffsets().subarray(0, debugOffsetsBytes - 1))).toBeUndefined();
});

test('texts of all widths', () => {
  expect(parseText(ascii('train'), offsets)).toBe('train');
  expect(parseText(text(Buffer.from('größe', 'latin1'), 1, 0x20), offsets)).toBe('größe');
  expect(parseText(text(Buffer.from('模型', 'utf16le'), 2, 0x20), offsets)).toBe('模型');
  expect(parseText(text(Buffer.from(Uint32Array.of(0x1f40d).buffer), 4, 0x20), offsets)).toBe('🐍');
});

test('damaged texts have no name, and long ones are cut', () => {
  expect(parseText(Buffer.alloc(1080), offsets)).toBeUndefined();
  expect(parseText(text(Buffer.from('abc'), 3, 0x20), offsets)).toBeUndefined();
  expect(parseText(text(Buffer.from('ab'), 1, 0x40), offsets)).toBeUndefined();
  expect(parseText(text(Buffer.from(Uint32Array.of(0x110000).buffer), 4, 0x20), offsets)).toBeUndefined();
  expect(parseText(text(Buffer.alloc(1024, 'a'), 1, 0x60, 2 ** 31), offsets)).toHaveLength(1024);
});

test('code objects have the names of their functions and files; what is none has no name', async () => {
  const memory = new Map<bigint, Buffer>([
    [0x1080n, word(0x5000n)],
    [0x1070n, word(0x6000n)],
    [0x2080n, word(1n << 63n)],
    [0x5000n, ascii('Trainer.run\n')],
    [0x6000n, ascii('/srv/train.py')],
  ]);
  const read = async (ranges: readonly Range[]) =>
    Buffer.concat(ranges.map(({ address, length }) => memory.get(address) ?? Buffer.alloc(length)));
  const names = await nameCode(read, offsets, [0x1000n, 0x2000n, (1n << 63n) - 1n]);
  expect([...names]).toEqual([
    [0x1000n, { function: 'Trainer.run\\x0a', module: '/srv/train.py', offset: 0, isKernel: false }],
  ]);
});

function word(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
