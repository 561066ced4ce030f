import type { Layout } from './layout.js';
import { type IntegerReader, integerReader, numberField } from './number_field.js';
import type { Selected } from './path.js';
import type { StackMap } from './stack_map.js';

/** What a decoder may read besides its field. */
export interface FieldSurroundings {
  /** Another field of the same key, value or record. @throws FIELD_* */
  field(path: string): Selected;
  /** A map of stacks. @throws MAP_UNKNOWN, MAP_WITHOUT_STACKS */
  stacks(name: string): StackMap;
}

/** A field as a decoder sees it. */
export class DecodedField {
  /** @param total size of the whole key or value */
  constructor(
    private readonly selected: Selected,
    private readonly total: number,
    private readonly surroundings: FieldSurroundings,
  ) {}

  /** Another field of the same key, value or record. @throws FIELD_* */
  sibling(path: string): DecodedField {
    return new DecodedField(this.surroundings.field(path), this.total, this.surroundings);
  }

  /** A map of stacks of the object. @throws MAP_UNKNOWN, MAP_WITHOUT_STACKS */
  stacks(name: string): StackMap {
    return this.surroundings.stacks(name);
  }

  get layout(): Layout {
    return this.selected.layout;
  }

  get offset(): number {
    return this.selected.offset;
  }

  get size(): number {
    return this.selected.layout.size;
  }

  get isBitfield(): boolean {
    return this.selected.bits !== undefined;
  }

  /**
   * A reader of the field as an integer; undefined when it is not an integer, enum, bool or pointer. Types in network
   * byte order (`__be16`, ...) are read in that order.
   * @param signed reads the bits as signed or unsigned, instead of as the type says
   */
  integer(signed?: boolean): IntegerReader | undefined {
    const { layout } = this.selected;
    const littleEndian = layout.kind === 'integer' && layout.network ? false : undefined;
    const field = numberField(this.selected, this.total, littleEndian);
    return field && integerReader(signed === undefined ? field : { ...field, signed }, littleEndian);
  }
}
