import type { Btf, BtfType } from './btf/btf.js';
import { malformed } from './btf/malformed.js';
import type { ArrayLayout, Layout } from './layout.js';
import { recordFields, sectionFields } from './record_fields.js';
import { enumLayout, integerLayout, nameOf, opaqueLayout, strip } from './scalar_layout.js';

/** C programs nest a handful of types. */
const depthLimit = 64;
const fieldLimit = 250_000;
const sizeLimit = 0x7fffffff;

const builders = new WeakMap<Btf, LayoutBuilder>();

/**
 * The layout of a type, or of a section of global variables.
 * @throws BTF_INVALID when the type contradicts itself: it contains itself, has members beyond its end, nests without end
 */
export function layoutOf(btf: Btf, id: number): Layout {
  let builder = builders.get(btf);
  if (builder === undefined) {
    builder = new LayoutBuilder(btf);
    builders.set(btf, builder);
  }
  return builder.layoutOf(id);
}

/** Builds every layout of one BTF once. */
class LayoutBuilder {
  private readonly built = new Map<number, Layout>();
  /** The types being built, each inside the one before it. */
  private readonly open = new Set<number>();
  private fieldCount = 0;

  constructor(readonly btf: Btf) {}

  readonly layoutOf = (id: number): Layout => {
    const known = this.built.get(id);
    if (known !== undefined) return known;
    if (this.open.has(id)) throw malformed(`type ${id} contains itself`);
    if (this.open.size > depthLimit) throw malformed(`type ${id} is nested more than ${depthLimit} levels deep`);
    this.open.add(id);
    try {
      const layout = this.build(id);
      this.built.set(id, layout);
      return layout;
    } finally {
      this.open.delete(id);
    }
  };

  private build(id: number): Layout {
    const { type, alias, network } = strip(this.btf, id);
    switch (type.kind) {
      case 'int':
        return integerLayout(type, alias ?? type.name, network);
      case 'enum':
        return enumLayout(type, alias ?? nameOf('enum', type.name));
      case 'pointer':
        return { kind: 'pointer', type: alias ?? 'pointer', size: 8 };
      case 'array':
        return this.array(id, type, alias);
      case 'struct':
      case 'union': {
        const fields = recordFields(this.btf, type, this.layoutOf, this.spend);
        this.spend(fields.length);
        return { kind: type.kind, type: alias ?? nameOf(type.kind, type.name), size: type.size, fields };
      }
      case 'section': {
        const fields = sectionFields(this.btf, type, this.layoutOf);
        this.spend(fields.length);
        return { kind: 'struct', type: `section ${type.name}`, size: type.size, fields };
      }
      default:
        return opaqueLayout(type, alias);
    }
  }

  private array(id: number, { type, count }: BtfType & { kind: 'array' }, alias: string | undefined): ArrayLayout {
    const element = this.layoutOf(type);
    const size = element.size * count;
    if (size > sizeLimit) throw malformed(`type ${id} is an array of ${size} bytes`);
    // C writes the outer dimension first: an array of 2 `int[3]` is `int[2][3]`.
    const [base] = element.type.split('[', 1);
    const inner = element.type.slice(base!.length);
    return { kind: 'array', type: alias ?? `${base}[${count}]${inner}`, size, element, count };
  }

  /** Anonymous members copy their fields into every record around them: the limit keeps that from growing exponentially. */
  private readonly spend = (fields: number): void => {
    this.fieldCount += fields;
    if (this.fieldCount > fieldLimit) throw malformed(`the types have more than ${fieldLimit} fields`);
  };
}
