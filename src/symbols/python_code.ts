import type { Frame } from '../stacks/profile.js';
import { shownName, shownPath } from './names.js';
import type { PythonOffsets } from './python_offsets.js';

/** A part of a process's memory. */
export interface Range {
  readonly address: bigint;
  readonly length: number;
}

/** Reads ranges of a process's memory, one after the other; zeroes where it cannot. Rejects if the process is gone. */
export type ReadMemory = (ranges: readonly Range[]) => Promise<Buffer>;

/** Names and paths are shown with 256 characters at most, of four bytes. */
const textBytes = 1024;
/** A PyCompactUnicodeObject has two more fields than one with ASCII text. */
const compactFields = 16;
/** As many requests as the helper takes in a line: two ranges of 30 characters for each. */
const batch = 200;
const highestUserAddress = 1n << 56n;

/**
 * Names code objects by their functions and files.
 * @param addresses of code objects; a wrong one has no name in the result, or a wrong name
 * @throws what `read` rejects with
 */
export async function nameCode(
  read: ReadMemory,
  offsets: PythonOffsets,
  addresses: readonly bigint[],
): Promise<Map<bigint, Frame>> {
  const names = new Map<bigint, Frame>();
  for (let i = 0; i < addresses.length; i += batch) {
    await nameBatch(read, offsets, addresses.slice(i, i + batch), names);
  }
  return names;
}

async function nameBatch(
  read: ReadMemory,
  offsets: PythonOffsets,
  addresses: readonly bigint[],
  names: Map<bigint, Frame>,
): Promise<void> {
  const { fileName, qualifiedName } = offsets;
  const fields = addresses.flatMap((address) => [qualifiedName, fileName].map((offset) => word(address, offset)));
  const pointers = await read(fields);
  const length = offsets.asciiText + compactFields + textBytes;
  const texts = await read(fields.map((_, i) => ({ address: pointers.readBigUInt64LE(8 * i), length })).map(bounded));
  for (const [i, address] of addresses.entries()) {
    const [name, file] = [2 * i, 2 * i + 1].map((text) =>
      parseText(texts.subarray(text * length, (text + 1) * length), offsets),
    );
    if (!name || file === undefined) continue;
    names.set(address, { function: shownName(name), module: shownPath(file), offset: 0, isKernel: false });
  }
}

function word(address: bigint, offset: number): Range {
  return bounded({ address: address + BigInt(offset), length: 8 });
}

/** Numbers that are no addresses are read as zeroes, from address 0. */
function bounded({ address, length }: Range): Range {
  return { address: address < highestUserAddress ? address : 0n, length };
}

/**
 * The text of a `str`; undefined if the bytes are none. Long ones are cut.
 * @param bytes from the start of the object
 */
export function parseText(bytes: Buffer, offsets: PythonOffsets): string | undefined {
  const state = bytes.readUInt32LE(offsets.textState);
  const length = bytes.readBigUInt64LE(offsets.textLength);
  const width = (state >> 2) & 7;
  const isCompact = (state & 0x20) !== 0;
  const isAscii = (state & 0x40) !== 0;
  if (!isCompact || length > 1n << 32n || ![1, 2, 4].includes(width)) return undefined;
  const start = offsets.asciiText + (isAscii ? 0 : compactFields);
  const bytesOfText = Math.min(Number(length) * width, textBytes);
  const text = bytes.subarray(start, start + bytesOfText);
  if (width === 1) return text.toString('latin1');
  if (width === 2) return text.toString('utf16le');
  const points = Array.from({ length: bytesOfText / 4 }, (_, i) => text.readUInt32LE(4 * i));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points) : undefined;
}
