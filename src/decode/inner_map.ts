import type { Btf, BtfType } from './btf/btf.js';
import type { Layout } from './layout.js';
import { strip } from './scalar_layout.js';
import { layoutOf } from './type_layout.js';

/** What an object declares of the maps in a map of maps: all of them have one type and the same sizes. */
export interface InnerMap {
  /** libbpf's name of the type, e.g. `percpu_hash`, and `enum bpf_map_type`. */
  readonly type: string;
  readonly typeId: number;
  readonly keySize: number;
  readonly valueSize: number;
  /** Absent when the maps are declared without BTF types. */
  readonly key?: Layout;
  readonly value?: Layout;
}

/** Types whose entries can be read, by `enum bpf_map_type`. */
const readable: Readonly<Record<number, string>> = {
  1: 'hash',
  2: 'array',
  5: 'percpu_hash',
  6: 'percpu_array',
  9: 'lru_hash',
  10: 'lru_percpu_hash',
  11: 'lpm_trie',
};

/**
 * The maps in a map of maps, as `__array(values, struct { ... })` declares them. Undefined if the object does not declare them so, or
 * their entries cannot be read.
 * @throws BTF_INVALID
 */
export function innerMapOf(btf: Btf, outer: string): InnerMap | undefined {
  const definition = membersOf(btf, variableType(btf, outer));
  const pointers = targetOf(btf, definition.get('values'), 'array');
  const members = membersOf(btf, pointers && targetOf(btf, pointers.type, 'pointer')?.type);
  const number = (name: string) => targetOf(btf, targetOf(btf, members.get(name), 'pointer')?.type, 'array')?.count;
  const layout = (name: string) => {
    const id = targetOf(btf, members.get(name), 'pointer')?.type;
    return id === undefined ? undefined : layoutOf(btf, id);
  };
  const typeId = number('type');
  const type = typeId === undefined ? undefined : readable[typeId];
  const [key, value] = [layout('key'), layout('value')];
  const keySize = key?.size ?? number('key_size');
  const valueSize = value?.size ?? number('value_size');
  if (type === undefined || keySize === undefined || valueSize === undefined) return undefined;
  return { type, typeId: typeId!, keySize, valueSize, ...(key && { key }), ...(value && { value }) };
}

/** The type of a variable in `.maps`. */
function variableType(btf: Btf, name: string): number | undefined {
  const id = btf.find('section', '.maps');
  const section = id === undefined ? undefined : btf.type(id);
  if (section?.kind !== 'section') return undefined;
  for (const variable of section.variables) {
    const type = btf.type(variable.type);
    if (type.kind === 'variable' && type.name === name) return type.type;
  }
  return undefined;
}

/** Types of the members of a struct, by name. */
function membersOf(btf: Btf, id: number | undefined): ReadonlyMap<string, number> {
  const type = id === undefined ? undefined : strip(btf, id).type;
  return new Map(type?.kind === 'struct' ? type.members.map((member) => [member.name, member.type]) : []);
}

function targetOf<K extends 'pointer' | 'array'>(
  btf: Btf,
  id: number | undefined,
  kind: K,
): Extract<BtfType, { kind: K }> | undefined {
  const type = id === undefined ? undefined : strip(btf, id).type;
  return type?.kind === kind ? (type as Extract<BtfType, { kind: K }>) : undefined;
}
