/** Builds BTF, well-formed or not. */
export class BtfBuilder {
  private readonly types: number[] = [];
  private strings = '\0';
  private count = 0;

  constructor(private readonly littleEndian = true) {}

  /** Adds a string and returns its offset. */
  text(text: string): number {
    const offset = this.strings.length;
    this.strings += `${text}\0`;
    return offset;
  }

  /** Adds a type and returns its id. */
  type(
    kind: number,
    options: {
      name?: string;
      nameOffset?: number;
      flag?: boolean;
      length?: number;
      size?: number;
      tail?: readonly number[];
    } = {},
  ): number {
    const { name, flag = false, length = 0, size = 0, tail = [] } = options;
    const nameOffset = options.nameOffset ?? (name === undefined ? 0 : this.text(name));
    this.types.push(nameOffset, ((flag ? 1 : 0) << 31) | (kind << 24) | length, size, ...tail);
    return ++this.count;
  }

  int(name: string, size: number, encoding = 0, bits = size * 8, bitOffset = 0): number {
    return this.type(1, { name, size, tail: [(encoding << 24) | (bitOffset << 16) | bits] });
  }

  struct(name: string, size: number, members: readonly (readonly [string, number, number])[], flag = false): number {
    const tail = members.flatMap(([member, type, offset]) => [member === '' ? 0 : this.text(member), type, offset]);
    return this.type(4, { name, size, flag, length: members.length, tail });
  }

  bytes(
    header: Partial<Record<'magic' | 'version' | 'headerLength' | 'typesLength' | 'stringsLength', number>> = {},
  ): Uint8Array {
    const strings = Buffer.from(this.strings);
    const view = new DataView(new ArrayBuffer(24 + this.types.length * 4 + strings.length));
    const little = this.littleEndian;
    view.setUint16(0, header.magic ?? 0xeb9f, little);
    view.setUint8(2, header.version ?? 1);
    view.setUint32(4, header.headerLength ?? 24, little);
    view.setUint32(8, 0, little);
    view.setUint32(12, header.typesLength ?? this.types.length * 4, little);
    view.setUint32(16, this.types.length * 4, little);
    view.setUint32(20, header.stringsLength ?? strings.length, little);
    for (const [index, word] of this.types.entries()) view.setUint32(24 + index * 4, word >>> 0, little);
    const bytes = new Uint8Array(view.buffer);
    bytes.set(strings, 24 + this.types.length * 4);
    return bytes;
  }
}
