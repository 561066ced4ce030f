import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import type { Btf, BtfType } from './btf/btf.js';
import { type ConstantInput, encodeValue, requirementOf } from './constant_value.js';
import type { Layout } from './layout.js';
import { describeLayout } from './layout_text.js';
import { layoutOf } from './type_layout.js';

/** The bytes that set a `const volatile` variable, and where they go in the initial value of its section's map. */
export interface EncodedConstant {
  /** Section of the variable, `.rodata` or `.rodata.NAME`. */
  readonly map: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Encodes the value of a `const volatile` variable in the byte order of the object. Integers are exact over all 64 bits
 * and may be text (decimal or 0x). Enums take an enumerator's name, char arrays a text with space for the NUL.
 * @throws CONSTANT_UNKNOWN, CONSTANT_INVALID, at `location`
 */
export function encodeConstant(btf: Btf, name: string, value: ConstantInput, location?: Location): EncodedConstant {
  const constants = constantsOf(btf);
  const constant = constants.get(name);
  if (constant === undefined) {
    const known = [...constants.keys()];
    throw fault('CONSTANT_UNKNOWN', { name, nearest: nearest(name, known), known }, { location });
  }
  const { map, offset, layout } = constant;
  const requirement = requirementOf(layout);
  if (requirement === undefined) {
    throw fault('CONSTANT_INVALID', { name, unsupported: describeLayout(layout) }, { location });
  }
  const bytes = encodeValue(layout, value, btf.littleEndian);
  if (bytes === undefined) {
    const received = JSON.stringify(typeof value === 'bigint' ? String(value) : value);
    throw fault('CONSTANT_INVALID', { name, requirement, received }, { location });
  }
  return { map, offset, bytes };
}

/** Names of all constants the object has, in the order of its sections. */
export function constantNames(btf: Btf): string[] {
  return [...constantsOf(btf).keys()];
}

function constantsOf(btf: Btf): Map<string, ReadOnlyVariable> {
  return new Map([...readOnlyVariables(btf)].filter(([, { isVolatile }]) => isVolatile));
}

/** A global variable that programs cannot write, in the initial value of its section's map. */
export interface ReadOnlyVariable {
  readonly map: string;
  readonly offset: number;
  readonly layout: Layout;
  /** Whether it can be set. The compiler has put the values of plain `const` variables into the instructions. */
  readonly isVolatile: boolean;
}

/** All read-only variables of an object, by name, in the order of its sections. */
export function readOnlyVariables(btf: Btf): Map<string, ReadOnlyVariable> {
  const found = new Map<string, ReadOnlyVariable>();
  for (let id = 1; id < btf.typeCount; id++) {
    const section = btf.type(id);
    if (section.kind !== 'section' || !isReadOnly(section.name)) continue;
    const layout = layoutOf(btf, id);
    if (layout.kind !== 'struct') continue;
    for (const [index, field] of layout.fields.entries()) {
      const { name, offset, layout } = field;
      found.set(name, { map: section.name, offset, layout, isVolatile: isVolatile(btf, section, index) });
    }
  }
  return found;
}

function isReadOnly(section: string): boolean {
  return section === '.rodata' || section.startsWith('.rodata.');
}

function isVolatile(btf: Btf, section: BtfType & { kind: 'section' }, index: number): boolean {
  const variable = btf.type(section.variables[index]!.type);
  if (variable.kind !== 'variable') return false;
  // layoutOf has followed the same references, so the chain ends. The qualifiers of an array are on its elements.
  let type = btf.type(variable.type);
  while (type.kind === 'qualifier' || type.kind === 'typedef' || type.kind === 'array') {
    if (type.kind === 'qualifier' && type.qualifier === 'volatile') return true;
    type = btf.type(type.type);
  }
  return false;
}
