import type { BtfTypes } from './btf_types.js';
import { ByteWriter } from './byte_writer.js';
import { instructionBytes } from './bytecode.js';
import type { LoweredFunction } from './lowered_function.js';

/** The columns and lines of `struct bpf_line_info` have so many bits. */
const columnBits = 10;

/** A function where it lies in its section. */
export interface PlacedFunction {
  readonly section: string;
  /** In places of 8 bytes, from the beginning of the section. */
  readonly start: number;
  /** BTF id. */
  readonly type: number;
  readonly lowered: LoweredFunction;
}

/** The section `.BTF.ext`: the types of functions, and the text of each instruction. */
export function lineInformation(
  functions: readonly PlacedFunction[],
  { file, text }: { readonly file: string; readonly text: string },
  types: BtfTypes,
): Uint8Array {
  const starts = lineStarts(text);
  const lines = text.split('\n');
  const fileName = types.strings.add(file);
  const ofFunctions = new ByteWriter().words(8);
  const ofLines = new ByteWriter().words(16);
  for (const section of new Set(functions.map((one) => one.section))) {
    const own = functions.filter((one) => one.section === section);
    const name = types.strings.add(section);
    ofFunctions.words(name, own.length);
    for (const { start, type } of own) ofFunctions.words(start * instructionBytes, type);
    const rows = own.flatMap(({ start, lowered }) => textRows(lowered).map((row) => ({ ...row, at: start + row.at })));
    ofLines.words(name, rows.length);
    for (const { at, offset } of rows) {
      const line = lineAt(starts, offset);
      const column = Math.min(offset - starts[line]! + 1, 2 ** columnBits - 1);
      ofLines.words(
        at * instructionBytes,
        fileName,
        types.strings.add(lines[line]!),
        ((line + 1) << columnBits) | column,
      );
    }
  }
  const [first, second] = [ofFunctions.toBytes(), ofLines.toBytes()];
  const header = new ByteWriter().number(0xeb9f, 2).number(1, 1).number(0, 1);
  header.words(32, 0, first.length, first.length, second.length, first.length + second.length, 0);
  return header.bytes(first).bytes(second).toBytes();
}

/** The kernel wants the text of the first instruction of each function, and at most one for each instruction. */
function textRows({ texts }: LoweredFunction): { at: number; offset: number }[] {
  const rows = new Map([[0, texts[0]?.place.start ?? 0]]);
  for (const { at, place } of texts) rows.set(at, place.start);
  return [...rows].map(([at, offset]) => ({ at, offset }));
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
