import { malformed } from './malformed.js';

// The kernel's own limit is KSYM_NAME_LEN (512).
const nameLimit = 1024;
// Names may overlap in the table. Without a limit on their sum, a small file could take quadratic memory.
const totalLimit = 32 * 1024 * 1024;

/** The strings that names refer to by offset, each terminated by NUL. */
export class StringTable {
  private readonly read = new Map<number, string>();
  private total = 0;

  /** @param base the table that offsets begin in: those of a module's names begin in the kernel's */
  constructor(
    private readonly table: Buffer,
    private readonly base?: StringTable,
  ) {}

  /** The first offset beyond this table. */
  get end(): number {
    return (this.base?.end ?? 0) + this.table.length;
  }

  /** @throws BTF_INVALID when no string starts at the offset, or when the names take too much memory */
  at(place: number): string {
    // Offset 0 is the empty name by definition: an object without any name may have an empty table.
    if (place === 0) return '';
    if (this.base !== undefined && place < this.base.end) return this.base.at(place);
    const offset = place - (this.base?.end ?? 0);
    const known = this.read.get(offset);
    if (known !== undefined) return known;
    if (offset >= this.table.length) throw malformed(`a name refers to offset ${offset}, beyond the string table`);
    const length = this.table.subarray(offset, offset + nameLimit + 1).indexOf(0);
    if (length === -1) throw malformed(`the name at offset ${offset} is longer than ${nameLimit} bytes`);
    this.total += length;
    if (this.total > totalLimit) throw malformed(`the names take more than ${totalLimit} bytes`);
    const text = this.table.toString('latin1', offset, offset + length);
    this.read.set(offset, text);
    return text;
  }
}
