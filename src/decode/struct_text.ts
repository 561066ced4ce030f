import type { Btf } from './btf/btf.js';
import type { Field, IntegerLayout, Layout, RecordLayout } from './layout.js';
import { layoutNamed } from './named_type.js';

/** What is wrong with a written struct. */
export interface StructProblem {
  /** The member as written. */
  readonly member: string;
  /** A clause about it. */
  readonly problem: string;
}

type Encoding = IntegerLayout['encoding'];

/** Types of C and of its standard headers, as on a 64-bit machine: bytes, sign, encoding. */
const standard: Readonly<Record<string, readonly [IntegerLayout['size'], boolean, Encoding?]>> = {
  bool: [1, false, 'bool'],
  _Bool: [1, false, 'bool'],
  char: [1, true, 'char'],
  'signed char': [1, true, 'char'],
  'unsigned char': [1, false, 'char'],
  short: [2, true],
  'unsigned short': [2, false],
  int: [4, true],
  unsigned: [4, false],
  'unsigned int': [4, false],
  long: [8, true],
  'unsigned long': [8, false],
  'long long': [8, true],
  'unsigned long long': [8, false],
  pid_t: [4, true],
  uid_t: [4, false],
  gid_t: [4, false],
  mode_t: [4, false],
  dev_t: [4, false],
  size_t: [8, false],
  ssize_t: [8, true],
  ...Object.fromEntries(
    ([1, 2, 4, 8] as const).flatMap((size) => [
      [`int${size * 8}_t`, [size, true]],
      [`uint${size * 8}_t`, [size, false]],
    ]),
  ),
};

const mostMembers = 200;
const mostBytes = 1 << 20;
const packed = /\}\s*__attribute__\(\(packed\)\)$/;
const wide = /^(?:unsigned |signed )?__int128$/;

/**
 * The layout of a struct that is written as in C, for objects whose BTF lacks it: `struct { u32 pid; char comm[16]; }`. Members are
 * aligned as the compiler does it, unless `__attribute__((packed))` follows. A type is one of C and its headers, of the kernel, or a name in
 * the BTF of the object.
 */
export function structOfText(btf: Btf, text: string): RecordLayout | StructProblem {
  const body = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
  const isPacked = packed.test(text);
  const members = body
    .split(';')
    .map((member) => member.trim().replace(/\s+/g, ' '))
    .filter((member) => member !== '');
  if (members.length > mostMembers) return { member: text, problem: `it has more than ${mostMembers} members` };
  const fields: Field[] = [];
  let size = 0;
  let alignment = 1;
  for (const [index, member] of members.entries()) {
    if (/\[ ?\]/.test(member) && index < members.length - 1) {
      return { member, problem: 'only the last member can be an array without a length' };
    }
    const read = readMember(btf, member);
    if ('problem' in read) return read;
    const { name, layout } = read;
    if (fields.some((field) => field.name === name)) return { member, problem: 'its name is taken by another member' };
    const own = isPacked ? 1 : alignmentOf(layout);
    const offset = Math.ceil(size / own) * own;
    fields.push({ name, offset, layout });
    size = offset + layout.size;
    alignment = Math.max(alignment, own);
    if (size > mostBytes) return { member, problem: `it ends beyond ${mostBytes} bytes` };
  }
  if (fields.length === 0) return { member: text, problem: 'it has no members' };
  return { kind: 'struct', type: 'struct { … }', size: Math.ceil(size / alignment) * alignment, fields };
}

function readMember(btf: Btf, member: string): { name: string; layout: Layout } | StructProblem {
  const [, type, stars, name, dimensions] =
    /^(?:const )?(\w[\w ]*?) ?(\*+ ?|(?<=[ *]))(\w+)((?: ?\[ ?\])?(?: ?\[ ?\d+ ?\])*)$/.exec(member) ?? [];
  if (type === undefined || name === undefined) {
    return { member, problem: 'it is not a type, a name and lengths of arrays in numbers' };
  }
  const element = stars?.startsWith('*') ? pointer : typeNamed(btf, type);
  if (element === undefined) return { member, problem: `type "${type}" is not known` };
  const counts = [...dimensions!.matchAll(/\[ ?(\d*) ?\]/g)].map(([, count]) => Number(count));
  return { name, layout: counts.reduceRight<Layout>(arrayOf, element) };
}

const pointer: Layout = { kind: 'pointer', type: 'pointer', size: 8 };

function typeNamed(btf: Btf, name: string): Layout | undefined {
  if (wide.test(name)) return { kind: 'opaque', type: name, size: 16, what: 'an integer of 16 bytes' };
  const known = Object.hasOwn(standard, name) ? standard[name]! : undefined;
  if (known !== undefined) {
    const [size, signed, encoding = 'number'] = known;
    return { kind: 'integer', type: name, size, signed, encoding, network: false };
  }
  const [, bits] = /^__be(16|32|64)$/.exec(name) ?? [];
  if (bits !== undefined) {
    const size = (Number(bits) / 8) as IntegerLayout['size'];
    return { kind: 'integer', type: name, size, signed: false, encoding: 'number', network: true };
  }
  const named = layoutNamed(btf, name);
  // The compiler leaves out the enumerators with the struct. An enum of C is an unsigned int.
  if (named === undefined && /^enum \w+$/.test(name)) return typeNamed(btf, 'unsigned int');
  return named;
}

function arrayOf(element: Layout, count: number): Layout {
  const [base] = element.type.split('[', 1);
  const type = `${base}[${count}]${element.type.slice(base!.length)}`;
  return { kind: 'array', type, size: element.size * count, element, count };
}

function alignmentOf(layout: Layout): number {
  switch (layout.kind) {
    case 'array':
      return alignmentOf(layout.element);
    case 'struct':
    case 'union':
      return Math.max(1, ...layout.fields.map((field) => alignmentOf(field.layout)));
    default:
      return layout.size;
  }
}
