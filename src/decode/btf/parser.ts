import type { Btf, BtfType } from './btf.js';
import { ByteReader } from './byte_reader.js';
import { malformed } from './malformed.js';
import { StringTable } from './string_table.js';
import { commonSize, readType } from './type_record.js';

const magic = 0xeb9f;
const headerSize = 24;
const typeLimit = 1_000_000;

/**
 * Parses raw BTF: the contents of a `.BTF` section, or what libbpf returns for an opened object. Every offset, count and
 * size is checked against the buffer, so arbitrary bytes cause nothing worse than a fault.
 * @throws BTF_INVALID
 */
export function parseBtf(raw: Uint8Array): Btf {
  const bytes = new ByteReader(raw);
  const { typesStart, typesEnd, strings } = readHeader(bytes);
  const types: BtfType[] = [{ kind: 'void' }];
  for (let at = typesStart; at < typesEnd; ) {
    if (types.length > typeLimit) throw malformed(`it has more than ${typeLimit} types`);
    if (at + commonSize > typesEnd) throw malformed(`type ${types.length} is truncated`);
    const { type, end } = readType(bytes, strings, at, typesEnd, types.length);
    types.push(type);
    at = end;
  }
  return new ParsedBtf(bytes.littleEndian, types);
}

function readHeader(bytes: ByteReader): { typesStart: number; typesEnd: number; strings: StringTable } {
  if (bytes.length < headerSize) {
    throw malformed(`the header has ${bytes.length} bytes instead of at least ${headerSize}`);
  }
  if (bytes.u16(0) !== magic) {
    bytes.littleEndian = false;
    if (bytes.u16(0) !== magic) throw malformed('the header starts with a wrong magic number');
  }
  const version = bytes.u8(2);
  if (version !== 1) throw malformed(`the header is of version ${version} instead of 1`);
  const start = bytes.u32(4);
  if (start < headerSize) throw malformed(`the header states ${start} bytes for itself, less than ${headerSize}`);
  const typesStart = start + bytes.u32(8);
  const typesEnd = typesStart + bytes.u32(12);
  const stringsStart = start + bytes.u32(16);
  const stringsEnd = stringsStart + bytes.u32(20);
  if (typesEnd > bytes.length || stringsEnd > bytes.length) throw malformed('a section ends beyond the data');
  const { buffer, byteOffset } = bytes.bytes;
  const strings = new StringTable(Buffer.from(buffer, byteOffset + stringsStart, stringsEnd - stringsStart));
  return { typesStart, typesEnd, strings };
}

class ParsedBtf implements Btf {
  private ids: Map<string, number> | undefined;

  constructor(
    readonly littleEndian: boolean,
    private readonly types: readonly BtfType[],
  ) {}

  get typeCount(): number {
    return this.types.length;
  }

  type(id: number): BtfType {
    const type = this.types[id];
    if (type === undefined)
      throw malformed(`a reference to type ${id} is beyond the last type, ${this.types.length - 1}`);
    return type;
  }

  find(kind: BtfType['kind'], name: string): number | undefined {
    this.ids ??= this.index();
    return this.ids.get(`${kind} ${name}`);
  }

  private index(): Map<string, number> {
    const ids = new Map<string, number>();
    for (const [id, type] of this.types.entries()) {
      if (!('name' in type)) continue;
      const key = `${type.kind} ${type.name}`;
      if (!ids.has(key)) ids.set(key, id);
    }
    return ids;
  }
}
