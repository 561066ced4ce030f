const headerBytes = 96;
const segmentBytes = 24;
const bytesPerSymbol = 16;
/** How many functions that start before an address may end before it, though an earlier one covers it. */
const nesting = 16;

/**
 * The names of the functions of one file, as the helper's worker writes them (native/symbols/table.h). The worker parses
 * what others wrote, so nothing it says is trusted: a wrong table gives wrong names for its own file, and no more.
 */
export class Table {
  /** Whether the file has its full symbol table, so that no debug file is needed. */
  readonly isComplete: boolean;
  /** Hexadecimal; '' without one. */
  readonly buildId: string;
  /** The file's own address of what Python says of itself (`_PyRuntime`); 0 without it. */
  readonly pythonRuntime: number;
  /** Memory that the table takes. */
  readonly bytes: number;
  private readonly segments: Float64Array;
  private readonly starts: Float64Array;
  private readonly sizes: Uint32Array;
  private readonly positions: Uint32Array;
  private readonly names: Buffer;

  /**
   * @param payload kept, not copied; its first byte is at the start of its buffer
   * @throws Error if the lengths do not fit
   */
  constructor(payload: Uint8Array<ArrayBuffer>) {
    const data = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    if (data.length < headerBytes || data.toString('latin1', 0, 4) !== 'SYM2') throw new Error('not a table');
    const [complete, idLength, segments, symbols, nameBytes] = [4, 8, 12, 16, 20].map((at) => data.readUInt32LE(at));
    const namesStart = headerBytes + segments! * segmentBytes + symbols! * bytesPerSymbol;
    if (idLength! > 64 || data.length !== namesStart + nameBytes!) throw new Error('a table of another length');
    this.isComplete = complete === 1;
    this.buildId = data.toString('hex', 24, 24 + idLength!);
    this.pythonRuntime = data.readDoubleLE(88);
    this.bytes = data.length;
    const { buffer } = payload;
    this.segments = new Float64Array(buffer, headerBytes, segments! * 3);
    this.starts = new Float64Array(buffer, headerBytes + segments! * segmentBytes, symbols);
    this.sizes = new Uint32Array(buffer, this.starts.byteOffset + this.starts.byteLength, symbols);
    this.positions = new Uint32Array(buffer, this.sizes.byteOffset + this.sizes.byteLength, symbols);
    this.names = data.subarray(namesStart);
  }

  /** The file's own address of what lies at an offset in the file; undefined if that is not code. */
  addressOf(fileOffset: number): number | undefined {
    const { segments } = this;
    for (let i = 0; i < segments.length; i += 3) {
      const distance = fileOffset - segments[i + 1]!;
      if (distance >= 0 && distance < segments[i + 2]!) return segments[i]! + distance;
    }
    return undefined;
  }

  /** The raw name of the function that covers an address; undefined if there is none. */
  nameAt(address: number): string | undefined {
    const { starts, sizes } = this;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && i >= low - nesting; i--) {
      if (address < starts[i]! + sizes[i]!) return this.name(this.positions[i]!);
    }
    return undefined;
  }

  private name(position: number): string {
    const end = this.names.indexOf(0, position);
    return this.names.toString('utf8', position, Math.min(end === -1 ? position : end, position + 512));
  }
}
