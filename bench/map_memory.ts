import type { MapDescription } from '../src/kernel/addon.js';
import { mapKind } from '../src/maps/map_kind.js';

const BPF_F_NO_PREALLOC = 1;
/** `struct htab_elem` without key and value. The value of a per-CPU map is a pointer to the values of all CPUs. */
const elementBytes = 48;
const pointerBytes = 8;
/** `struct bucket`, and what a hash has per CPU: eight counters of its locks, the head of its free list. */
const bucketBytes = 16;
const hashBytesPerCpu = 48;

type Sizes = Pick<MapDescription, 'typeName' | 'keySize' | 'valueSize' | 'maxEntries' | 'flags'>;

/** Bytes that the kernel takes for a map: when it is created, and with as many entries as it can have. */
export interface MapBytes {
  readonly atLoad: number;
  readonly full: number;
}

/** What a map costs, by the rules of the kernel (`map_mem_usage` since 6.4). Types without entries of their own cost nothing. */
export function mapBytes({ typeName, keySize, valueSize, maxEntries, flags }: Sizes, possibleCpus: number): MapBytes {
  const { isArray, isPerCpu, isReadable } = mapKind(typeName);
  const values = words(valueSize) * (isPerCpu ? possibleCpus : 1);
  if (!isReadable) return { atLoad: 0, full: 0 };
  if (isArray) return { atLoad: maxEntries * values, full: maxEntries * values };
  const fixed = 2 ** Math.ceil(Math.log2(maxEntries)) * bucketBytes + hashBytesPerCpu * possibleCpus;
  const element = elementBytes + words(keySize) + (isPerCpu ? pointerBytes : 0) + values;
  if ((flags & BPF_F_NO_PREALLOC) !== 0) return { atLoad: fixed, full: fixed + maxEntries * element };
  const spare = typeName === 'hash' ? possibleCpus : 0;
  const bytes = fixed + (maxEntries + spare) * element;
  return { atLoad: bytes, full: bytes };
}

function words(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
