/** Properties of a type of BPF map. */
export interface MapKind {
  /** The key is an index. All entries exist from the start, and none can be removed. */
  readonly isArray: boolean;
  /** Each entry has one value per CPU. */
  readonly isPerCpu: boolean;
  /** Entries can be read as keys and values, and the map can be cleared. */
  readonly isReadable: boolean;
  /** The entries are those of all maps in a map of maps. They are read, and neither added nor removed. */
  readonly isNested: boolean;
}

const other: MapKind = { isArray: false, isPerCpu: false, isReadable: false, isNested: false };
const hash: MapKind = { ...other, isReadable: true };
const array: MapKind = { ...hash, isArray: true };

/** Kinds by libbpf's name of the type. An object may have maps of other types, but no metric reads them. */
const kinds: Readonly<Record<string, MapKind>> = {
  hash,
  percpu_hash: { ...hash, isPerCpu: true },
  lru_hash: hash,
  lru_percpu_hash: { ...hash, isPerCpu: true },
  lpm_trie: hash,
  // Records of a buffer, which the exporter itself adds up.
  events: hash,
  array,
  percpu_array: { ...array, isPerCpu: true },
};

/** The types of maps that hold maps. */
export const outerTypes: readonly string[] = ['array_of_maps', 'hash_of_maps'];

/** The type of the entries of all maps of type `inner` in a map of maps, e.g. `percpu_hash in hash_of_maps`. */
export function nestedType(inner: string, outer: string): string {
  return `${inner} in ${outer}`;
}

/** The kind of a map of a type, e.g. `percpu_hash`, or of the entries of nested maps, e.g. `array in hash_of_maps`. */
export function mapKind(type: string): MapKind {
  const [inner = '', outer] = type.split(' in ');
  const kind = Object.hasOwn(kinds, inner) ? kinds[inner]! : other;
  return outer === undefined ? kind : { ...kind, isNested: true };
}

/** `BPF_MAP_TYPE_TASK_STORAGE` of linux/bpf.h: values that belong to a task. Since Linux 5.11. */
export const TASK_STORAGE = 29;
