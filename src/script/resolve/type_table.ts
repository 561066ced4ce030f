/** Types by name: those of the script's own definitions first, then those of C and bpftrace, then the kernel's. */
import type { BtfMember, BtfType } from '../../decode/btf/btf.js';
import { type CType, character, integer, type Member, type RecordType } from './c_type.js';
import type { KernelBtf } from './kernel_btf.js';
import { type KernelModules, noModules } from './kernel_types.js';
import { matcher } from './name_matcher.js';

const standard: Readonly<Record<string, CType>> = {
  void: { kind: 'void' },
  bool: { kind: 'integer', bytes: 1, isSigned: false, isBoolean: true },
  _Bool: { kind: 'integer', bytes: 1, isSigned: false, isBoolean: true },
  char: character,
  'signed char': character,
  'unsigned char': { kind: 'integer', bytes: 1, isSigned: false, isCharacter: true },
  short: integer(2, true),
  'unsigned short': integer(2, false),
  int: integer(4, true),
  'unsigned int': integer(4, false),
  unsigned: integer(4, false),
  long: integer(8, true),
  'unsigned long': integer(8, false),
  'long long': integer(8, true),
  'unsigned long long': integer(8, false),
  size_t: integer(8, false),
  ssize_t: integer(8, true),
  pid_t: integer(4, true),
};

const sized = /^(?:__)?(u|s|uint|int|be|le)(8|16|32|64)(?:_t)?$/;
const longForms: readonly (readonly [RegExp, string])[] = [
  [/\b(const|volatile|__user|__rcu|__percpu|restrict)\b/g, ''],
  [/\b(long|short)( unsigned)? int\b/g, '$1$2'],
  [/\blong unsigned\b/g, 'unsigned long'],
  [/\bshort unsigned\b/g, 'unsigned short'],
  [/\s+/g, ' '],
];

/** The kernel itself, as bpftrace names it among the modules. */
export const kernelItself = 'vmlinux';

/** Types of the kernel, or those that one of its modules adds. */
export interface TypeOwner {
  readonly module: string;
  readonly btf: KernelBtf;
}

export class TypeTable {
  private readonly own = new Map<string, CType>();
  private readonly kernels = new Map<KernelBtf, Map<number, CType>>();
  private readonly ownEnumerators = new Map<string, { type: CType; value: bigint }>();

  /** @param btf of the kernel; undefined: it has none */
  constructor(
    readonly btf: KernelBtf | undefined,
    private readonly modules: KernelModules = noModules,
  ) {}

  /**
   * The kernel and then its modules, each read when it is asked for.
   * @param pattern of names of modules, of which `vmlinux` is the kernel itself
   */
  *owners(pattern = '*'): Generator<TypeOwner> {
    const matches = matcher(pattern);
    if (this.btf !== undefined && matches(kernelItself)) yield { module: kernelItself, btf: this.btf };
    for (const module of this.modules.names().filter(matches)) {
      const btf = this.modules.typesOf(module);
      if (btf !== undefined) yield { module, btf };
    }
  }

  /** @param name with its keyword, such as `struct request` */
  define(name: string, type: CType): void {
    this.own.set(name, type);
  }

  defineEnumerator(name: string, type: CType, value: bigint): void {
    this.ownEnumerators.set(name, { type, value });
  }

  /** A type as C and bpftrace name it, without pointers and dimensions. Undefined: not known. */
  named(written: string): CType | undefined {
    const name = longForms.reduce((text, [form, by]) => text.replace(form, by), written).trim();
    const own = this.own.get(name);
    if (own !== undefined) return own;
    if (Object.hasOwn(standard, name)) return standard[name];
    const [, sign, bits] = sized.exec(name) ?? [];
    if (bits !== undefined) return integer(Number(bits) / 8, sign === 's' || sign === 'int');
    const [, keyword, tag] = /^(struct|union|enum) (\w+)$/.exec(name) ?? [];
    if (tag !== undefined) return this.kernelType(keyword as 'struct' | 'union' | 'enum', tag);
    return (
      this.kernelType('typedef', name) ??
      this.own.get(`struct ${name}`) ??
      this.own.get(`enum ${name}`) ??
      this.kernelType('struct', name)
    );
  }

  enumerator(name: string): { type: CType; value: bigint } | undefined {
    const own = this.ownEnumerators.get(name);
    if (own !== undefined) return own;
    for (const { btf } of this.owners()) {
      const found = btf.enumerator(name);
      if (found !== undefined) return { type: this.ofKernel(found.id, btf), value: found.value };
    }
    return undefined;
  }

  /** The type of an id of the kernel's BTF, or of a module's. */
  ofKernel(id: number, owner: KernelBtf = this.btf!): CType {
    const btf = owner.base !== undefined && owner.isOfBase(id) ? owner.base : owner;
    const types = this.kernels.get(btf) ?? new Map<number, CType>();
    this.kernels.set(btf, types);
    const known = types.get(id);
    if (known !== undefined) return known;
    const type = this.convert(btf.type(id), btf);
    types.set(id, type);
    return type;
  }

  private kernelType(kind: 'struct' | 'union' | 'enum' | 'typedef', name: string): CType | undefined {
    for (const { btf } of this.owners()) {
      const id = btf.find(kind, name);
      if (id !== undefined) return this.ofKernel(id, btf);
    }
    return undefined;
  }

  private convert(type: BtfType, btf: KernelBtf): CType {
    switch (type.kind) {
      case 'void':
        return { kind: 'void' };
      case 'int': {
        if (type.size > 8) return { kind: 'opaque', name: type.name, bytes: type.size };
        const isCharacter = type.size === 1 && /char/.test(type.name);
        return {
          kind: 'integer',
          bytes: type.size,
          // The kernel's BTF marks neither `char` nor its sign.
          isSigned: type.encoding === 'signed' || type.name === 'char',
          ...(type.encoding === 'bool' && { isBoolean: true as const }),
          ...(isCharacter && { isCharacter: true as const }),
        };
      }
      case 'enum':
        return { kind: 'integer', bytes: type.size, isSigned: type.signed, enumeration: type.name };
      case 'pointer': {
        const { type: target } = type;
        const table = this;
        return {
          kind: 'pointer',
          get to() {
            return table.ofKernel(target, btf);
          },
        };
      }
      case 'array':
        return { kind: 'array', element: this.ofKernel(type.type, btf), count: type.count };
      case 'struct':
      case 'union':
        return this.record(type, btf);
      case 'typedef':
      case 'qualifier':
        return this.ofKernel(type.type, btf);
      case 'float':
        return { kind: 'opaque', name: type.name, bytes: type.size };
      case 'forward':
        return this.complete(type.union ? 'union' : 'struct', type.name);
      default:
        return { kind: 'opaque', name: 'name' in type ? type.name : 'a function', bytes: 0 };
    }
  }

  private complete(keyword: 'struct' | 'union', name: string): CType {
    return this.kernelType(keyword, name) ?? { kind: 'opaque', name: `${keyword} ${name}`, bytes: 0 };
  }

  private record(
    { kind, name, size, members }: Extract<BtfType, { kind: 'struct' | 'union' }>,
    btf: KernelBtf,
  ): RecordType {
    const table = this;
    let read: readonly Member[] | undefined;
    return {
      kind: 'record',
      keyword: kind,
      name,
      bytes: size,
      get members() {
        read ??= members.map((member) => table.member(member, btf));
        return read;
      },
    };
  }

  private member({ name, type, bitOffset, bitSize }: BtfMember, btf: KernelBtf): Member {
    const table = this;
    let read: CType | undefined;
    return {
      name,
      offset: bitOffset >>> 3,
      ...(bitSize > 0 && { bits: { shift: bitOffset & 7, width: bitSize } }),
      get type() {
        read ??= table.ofKernel(type, btf);
        return read;
      },
    };
  }
}
