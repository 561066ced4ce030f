import type { BtfType } from '../../src/decode/btf/btf.js';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { encodeConstant } from '../../src/decode/constants.js';
import { structOfText } from '../../src/decode/struct_text.js';
import { layoutOf } from '../../src/decode/type_layout.js';
import { Faults, SantaError } from '../../src/errors/fault.js';
import { BtfBuilder } from '../decode/btf_builder.js';
import { damagedBytes, damagedText, oneOf, type Random } from './damage.js';

/** Small, because a million of it are read, with every kind of type that a layout may have. */
function smallTypes(): Uint8Array {
  const types = new BtfBuilder();
  const int = types.int('int', 4, 1);
  const char = types.int('char', 1, 2);
  const long = types.int('unsigned long', 8);
  const text = types.type(3, { tail: [char, int, 16] });
  const alias = types.type(8, { name: 'u64', size: long });
  const color = types.type(6, {
    name: 'color',
    length: 2,
    size: 4,
    tail: [types.text('red'), 0, types.text('blue'), 7],
  });
  const wide = types.type(19, { name: 'wide', length: 1, size: 8, tail: [types.text('far'), 0, 1] });
  const pointer = types.type(2, { size: alias });
  const inner = types.struct('inner', 12, [
    ['a', int, 0],
    ['c', color, 32],
    ['b', int, 64],
  ]);
  const either = types.type(5, {
    name: 'either',
    length: 2,
    size: 8,
    tail: [types.text('x'), wide, 0, types.text('y'), int, 0],
  });
  types.struct('outer', 56, [
    ['name', text, 0],
    ['at', alias, 128],
    ['in', inner, 192],
    ['', either, 320],
    ['p', pointer, 384],
  ]);
  types.struct(
    'bits',
    4,
    [
      ['low', int, 3 << 24],
      ['high', int, (5 << 24) | 3],
    ],
    true,
  );
  const minimum = types.type(14, { name: 'min_ns', size: types.type(10, { size: long }), tail: [1] });
  types.type(15, { name: '.rodata', length: 1, size: 8, tail: [minimum, 0, 8] });
  return types.bytes();
}

const original = smallTypes();
const intact = parseBtf(original);

/** Runs what may only end well or with a fault. @returns whether it ended well */
export function endsWellOrWithFault(use: () => void): boolean {
  try {
    use();
    return true;
  } catch (error) {
    if (error instanceof SantaError || error instanceof Faults) return false;
    throw error;
  }
}

/** Parses damaged BTF and lays out all of its types. @returns whether it could be parsed */
export function useDamagedTypes(random: Random): boolean {
  const bytes = damagedBytes(random, original);
  return endsWellOrWithFault(() => {
    const btf = parseBtf(bytes);
    for (let id = 0; id < btf.typeCount; id++) endsWellOrWithFault(() => layoutOf(btf, id));
    for (const kind of kinds) btf.find(kind, 'outer');
    endsWellOrWithFault(() => encodeConstant(btf, 'min_ns', 5));
  });
}

const kinds: readonly BtfType['kind'][] = ['struct', 'union', 'enum', 'typedef'];

const declarations = [
  'u32 pid;',
  'char comm[16];',
  'struct inner in;',
  'enum color c;',
  'const char *name;',
  'u16 l[3][2];',
];
const pieces = [
  '{',
  '}',
  ';',
  '[',
  ']',
  '*',
  ' ',
  '\n',
  '[0]',
  '[99999999999999999999]',
  'struct',
  'const ',
  'unsigned ',
  '__proto__',
  '-1',
  'é',
];

/** Lays out a damaged struct as people write it. @returns whether it has a layout */
export function useDamagedStruct(random: Random): boolean {
  const members = Array.from({ length: random(8) }, () => oneOf(random, declarations));
  const text = damagedText(random, `struct { ${members.join(' ')} }`, pieces);
  const read = structOfText(intact, text);
  if ('problem' in read) {
    if (read.problem === '') throw new Error(`a problem without a text: ${text}`);
    return false;
  }
  for (const { name, offset, layout } of read.fields) {
    const isInside = Number.isSafeInteger(offset) && offset + layout.size <= read.size;
    if (!isInside) throw new Error(`member ${name} lies outside: ${text}`);
  }
  return true;
}
