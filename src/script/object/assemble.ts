import type { DataType, Instruction, IrFunction, IrObject } from '../ir/program.js';
import { BtfTypes, type SectionVariable } from './btf_types.js';
import { encode, instructionBytes, places } from './bytecode.js';
import {
  elfFile,
  type ObjectSymbol,
  type Relocation,
  relocationTypes,
  type Section,
  sectionFlags,
  sectionTypes,
} from './elf_file.js';
import { kernelFunction } from './kernel_functions.js';
import { lineInformation, type PlacedFunction } from './line_information.js';
import type { LoweredFunction, Reference } from './lowered_function.js';
import { lower } from './lowering.js';
import { withoutSignedDivision } from './signed_division.js';
import { simplified } from './simplification.js';
import { checkStackDepth } from './stack_depth.js';

/** Static functions lie here. */
const shared = '.text';

/**
 * Makes an object file that libbpf 1.1 and newer load, for Linux 5.10 and newer.
 * @throws StackOverflow if a function needs too much stack with those that it calls; Error if the program is inconsistent
 */
export function assemble(object: IrObject): Uint8Array {
  const types = new BtfTypes();
  const builder = new ObjectBuilder();
  const functions = placed(object.functions, types);
  for (const section of new Set(functions.map((one) => one.section))) {
    const own = functions.filter((one) => one.section === section);
    builder.section(section, codeOf(own, functions), { flags: sectionFlags.alloc | sectionFlags.code, alignment: 8 });
  }
  for (const { section, start, code, lowered } of functions) {
    const bytes = sizeOf(lowered) * instructionBytes;
    const isLocal = section === shared;
    builder.symbol({ name: code.name, kind: 'function', isLocal, section, offset: start * instructionBytes, bytes });
    for (const { at, reference } of lowered.references)
      builder.relocate(section, (start + at) * instructionBytes, reference);
  }
  builder.section('license', Buffer.from('GPL\0'), { flags: sectionFlags.alloc | sectionFlags.write, alignment: 1 });
  addMaps(object, types, builder);
  addData(object, types, builder);
  addKernelSymbols(functions, types, builder);
  const lines = lineInformation(functions, object.source, types);
  builder.section('.BTF', types.toBytes(), { flags: 0, alignment: 4 });
  builder.section('.BTF.ext', lines, { flags: 0, alignment: 4 });
  return elfFile(builder.sections, builder.symbols, builder.relocations);
}

/** How many instructions each function has, as `assemble` writes them. */
export function instructionCounts(object: IrObject): {
  readonly name: string;
  readonly section: string | undefined;
  readonly instructions: number;
  /** Places where it calls the kernel. */
  readonly calls: number;
}[] {
  return placed(object.functions, new BtfTypes()).map(({ code, lowered }) => ({
    name: code.name,
    section: code.section,
    instructions: lowered.instructions.length,
    calls: code.blocks.flatMap(({ instructions }) => instructions).filter(callsKernel).length,
  }));
}

const callsKernel = (instruction: Instruction) =>
  instruction.kind === 'helper' || (instruction.kind === 'call' && instruction.isOfKernel);

type Placed = PlacedFunction & { readonly code: IrFunction };

function placed(functions: readonly IrFunction[], types: BtfTypes): Placed[] {
  const ends = new Map<string, number>();
  const number = types.of({ kind: 'integer', bytes: 8, isSigned: false });
  const context = types.pointerTo(0);
  const all = functions.map((original): Placed => {
    const code = simplified(withoutSignedDivision(original));
    const lowered = lower(code);
    const section = code.section ?? shared;
    const start = ends.get(section) ?? 0;
    ends.set(section, start + sizeOf(lowered));
    const isProgram = code.section !== undefined;
    const parameters = code.parameters.map(() => (isProgram ? context : number));
    return { code, lowered, section, start, type: types.function(code.name, parameters, !isProgram) };
  });
  checkStackDepth(new Map(all.map(({ code, lowered }) => [code.name, lowered])));
  return all;
}

function sizeOf({ instructions }: LoweredFunction): number {
  return instructions.reduce((sum, one) => sum + places(one), 0);
}

/** The bytes of a section. A reference to a static function has its place in `.text`, as libbpf expects it for local functions. */
function codeOf(own: readonly Placed[], all: readonly Placed[]): Uint8Array {
  const parts = own.map(({ lowered }) => {
    const bytes = encode(lowered.instructions);
    const view = new DataView(bytes.buffer);
    for (const { at, reference } of lowered.references) {
      if (reference.kind !== 'call' && reference.kind !== 'function') continue;
      const target = all.find(({ code }) => code.name === reference.name);
      if (target === undefined || target.section !== shared)
        throw new Error(`There is no static function ${reference.name}`);
      view.setInt32(
        at * instructionBytes + 4,
        reference.kind === 'call' ? target.start - 1 : target.start * instructionBytes,
        true,
      );
    }
    return bytes;
  });
  return Buffer.concat(parts);
}

function addMaps({ maps }: IrObject, types: BtfTypes, builder: ObjectBuilder): void {
  if (maps.length === 0) return;
  let offset = 0;
  const variables: SectionVariable[] = [];
  for (const map of maps) {
    const { variable, bytes } = types.map(map);
    variables.push({ type: variable, offset, bytes });
    builder.symbol({ name: map.name, kind: 'object', isLocal: false, section: '.maps', offset, bytes });
    offset += bytes;
  }
  builder.section('.maps', new Uint8Array(offset), { flags: sectionFlags.alloc | sectionFlags.write, alignment: 8 });
  types.section('.maps', offset, variables);
}

function addData({ data }: IrObject, types: BtfTypes, builder: ObjectBuilder): void {
  for (const { section, bytes, variables } of data) {
    const isConstant = section.startsWith('.rodata');
    const isZero = section.startsWith('.bss');
    builder.section(section, bytes, {
      type: isZero ? sectionTypes.noBits : sectionTypes.bits,
      flags: sectionFlags.alloc | (isConstant ? 0 : sectionFlags.write),
      alignment: 8,
    });
    const members = variables.map(({ name, offset, type, isSetAtLoad }): SectionVariable => {
      const size = bytesOf(type);
      builder.symbol({ name, kind: 'object', isLocal: false, section, offset, bytes: size });
      const id = isSetAtLoad ? types.volatile(types.of(type)) : types.of(type);
      return { type: types.variable(name, id), offset, bytes: size };
    });
    types.section(section, bytes.length, members);
  }
}

/**
 * Variables without a type, as `extern const void name __ksym` declares them: libbpf looks for them in /proc/kallsyms. Functions have the types that
 * the kernel's must have.
 */
function addKernelSymbols(functions: readonly Placed[], types: BtfTypes, builder: ObjectBuilder): void {
  const references = functions.flatMap(({ lowered }) => lowered.references.map(({ reference }) => reference));
  const named = (wanted: Reference['kind']) =>
    new Set(
      references.flatMap((reference) => ('name' in reference && reference.kind === wanted ? [reference.name] : [])),
    );
  const [variables, called] = [named('kernel'), named('kernel call')];
  if (variables.size + called.size === 0) return;
  // libbpf gives the variables this type, which the kernel takes.
  types.of({ kind: 'integer', bytes: 4, isSigned: true });
  const members: SectionVariable[] = [];
  const add = (name: string, type: number) => {
    builder.symbol({ name, kind: 'none', isLocal: false, section: undefined, offset: 0, bytes: 0 });
    members.push({ type, offset: 0, bytes: 0 });
  };
  for (const name of variables) add(name, types.kernelVariable(name));
  for (const name of called) add(name, kernelFunction(name, types));
  types.section('.ksyms', 0, members);
}

/** The size of a value in memory. */
export function bytesOf(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
      return 1;
    case 'array':
      return type.count * bytesOf(type.element);
    default:
      return type.bytes;
  }
}

class ObjectBuilder {
  readonly sections: Section[] = [];
  readonly symbols: ObjectSymbol[] = [];
  readonly relocations: Relocation[] = [];

  section(
    name: string,
    bytes: Uint8Array,
    { type = sectionTypes.bits, flags, alignment }: { type?: number; flags: number; alignment: number },
  ): void {
    this.sections.push({ name, type, flags, bytes, alignment });
  }

  symbol(symbol: ObjectSymbol): void {
    this.symbols.push(symbol);
  }

  relocate(section: string, offset: number, reference: Reference): void {
    const { kind } = reference;
    const type = kind === 'call' || kind === 'kernel call' ? relocationTypes.call : relocationTypes.wide;
    const target =
      kind === 'map' || kind === 'kernel' || kind === 'kernel call'
        ? { symbol: reference.name }
        : { section: kind === 'data' ? reference.section : shared };
    this.relocations.push({ section, offset, type, target });
  }
}
