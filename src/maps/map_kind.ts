/** Properties of a type of BPF map. */
export interface MapKind {
  /** The key is an index. All entries exist from the start, and none can be removed. */
  readonly isArray: boolean;
  /** Each entry has one value per CPU. */
  readonly isPerCpu: boolean;
  /** Entries can be read as keys and values, and the map can be cleared. */
  readonly isReadable: boolean;
}

const other: MapKind = { isArray: false, isPerCpu: false, isReadable: false };
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

/** The kind of a map of a type, e.g. `percpu_hash`. */
export function mapKind(type: string): MapKind {
  return Object.hasOwn(kinds, type) ? kinds[type]! : other;
}

/** `BPF_MAP_TYPE_TASK_STORAGE` of linux/bpf.h: values that belong to a task. Since Linux 5.11. */
export const TASK_STORAGE = 29;
