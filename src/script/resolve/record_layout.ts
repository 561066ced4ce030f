/** Where the members of a struct or union are, as compilers of C place them. */
import { type CType, type Member, sizeOf } from './c_type.js';

export interface DefinedMember {
  /** Empty for an anonymous struct or union, and for bits that are left out. */
  readonly name: string;
  readonly type: CType;
  /** Bits of a bitfield. */
  readonly width?: number;
}

export class RecordLayout {
  readonly members: Member[] = [];
  private bits = 0;
  private alignment = 1;

  /** @param isPacked members follow each other without gaps */
  constructor(
    private readonly isUnion: boolean,
    private readonly isPacked: boolean,
  ) {}

  add({ name, type, width }: DefinedMember): void {
    const own = this.isPacked ? 1 : alignmentOf(type);
    if (width !== undefined) {
      this.addBits(name, type, width, own);
      return;
    }
    const offset = this.isUnion ? 0 : roundUp(Math.ceil(this.bits / 8), own);
    this.members.push({ name, type, offset });
    this.bits = Math.max(this.bits, 8 * (offset + sizeOf(type)));
    this.alignment = Math.max(this.alignment, own);
  }

  bytes(): number {
    return roundUp(Math.ceil(this.bits / 8), this.alignment);
  }

  /** Bits follow those before them, unless they would lie across two units of their type. */
  private addBits(name: string, type: CType, width: number, own: number): void {
    const unit = 8 * sizeOf(type);
    let start = this.isUnion ? 0 : this.bits;
    const crosses = Math.floor(start / unit) !== Math.floor((start + width - 1) / unit);
    if (width === 0 || (crosses && !this.isPacked)) start = roundUp(start, unit);
    if (name !== '') {
      this.members.push({ name, type, offset: Math.floor(start / 8), bits: { shift: start % 8, width } });
      this.alignment = Math.max(this.alignment, own);
    }
    this.bits = Math.max(this.bits, start + width);
  }
}

const roundUp = (number: number, unit: number) => Math.ceil(number / unit) * unit;

/** Of an address of this type, in bytes. */
export function alignmentOf(type: CType): number {
  switch (type.kind) {
    case 'array':
      return alignmentOf(type.element);
    case 'record':
      return Math.max(1, ...type.members.map((member) => alignmentOf(member.type)));
    default:
      return Math.max(1, Math.min(8, sizeOf(type)));
  }
}
