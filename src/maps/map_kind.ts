/** What the project needs to know of a type of BPF map. */
export interface MapKind {
  /** Entries are found by an index: all of them are there from the start, and none can be removed. */
  readonly isArray: boolean;
  /** Every CPU has a value of its own. */
  readonly isPerCpu: boolean;
  /** Entries can be read as keys and values, and be emptied. */
  readonly isReadable: boolean;
}

const other: MapKind = { isArray: false, isPerCpu: false, isReadable: false };
const hash: MapKind = { ...other, isReadable: true };
const array: MapKind = { ...hash, isArray: true };

/** By libbpf's name for the type. Types that are not listed can be part of an object, but no metric reads them. */
const kinds: Readonly<Record<string, MapKind>> = {
  hash,
  percpu_hash: { ...hash, isPerCpu: true },
  lru_hash: hash,
  lru_percpu_hash: { ...hash, isPerCpu: true },
  lpm_trie: hash,
  array,
  percpu_array: { ...array, isPerCpu: true },
};

/** The kind of a map of a type, e.g. `percpu_hash`. */
export function mapKind(type: string): MapKind {
  return Object.hasOwn(kinds, type) ? kinds[type]! : other;
}

/** `BPF_MAP_TYPE_TASK_STORAGE` of linux/bpf.h: values kept with a task; since Linux 5.11. */
export const TASK_STORAGE = 29;
