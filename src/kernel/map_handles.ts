import type { MapSnapshot } from '../maps/map_reader.js';

export interface BpfMap {
  readonly name: string;
  readonly section: string | undefined;
  readonly id: number;
  readonly type: number;
  readonly typeName: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Values per entry: 1, or the number of possible CPUs. */
  readonly cpus: number;
  /** Bytes of an entry's values: `valueSize`, or round_up(valueSize, 8) * cpus. */
  readonly valueStride: number;
  readonly closed: boolean;
  /**
   * Reads all entries off the main thread; see `MapSnapshot`. The next snapshot of this map overwrites `rows` and `values`
   * (they are never freed while reachable); the other arrays are copies. A key that vanishes during the read is left
   * out. A failed snapshot changes no row number. A snapshot finishes normally if the map is closed meanwhile.
   */
  snapshot(): Promise<MapSnapshot>;
  /** The value(s) of a key, read on this thread. */
  lookup(key: Uint8Array): Uint8Array | undefined;
  /** Removes a key and returns its last value(s). Not atomic before Linux 5.14, nor for types without this operation. */
  lookupAndDelete(key: Uint8Array): Uint8Array | undefined;
  /** Sets the value(s) of a key, `valueStride` bytes. */
  update(key: Uint8Array, value: Uint8Array): void;
  /** Removes a key, if it is there. EINVAL for arrays of values. */
  delete(key: Uint8Array): void;
  /**
   * Removes all entries of a hash, or zeroes all entries of an array, off the main thread. Not atomic: an entry that is
   * added meanwhile may stay. EBUSY during a snapshot. Finishes normally if the map is closed meanwhile.
   */
  empty(): Promise<void>;
  /**
   * The entries of all maps in this map of maps, which have the type (`enum bpf_map_type`) and the sizes. EINVAL for other maps. Closing
   * this map leaves them open; closing the object closes them.
   */
  innerEntries(type: number, keySize: number, valueSize: number): InnerMaps;
  close(): void;
}

/** The entries of all maps in a map of maps. */
export interface InnerMaps {
  /** Bytes of the key of an inner map, the key of the outer map, and the id of the inner map (4 bytes), in this order. */
  readonly keySize: number;
  readonly valueSize: number;
  /** Most entries of all inner maps together that a snapshot can have. */
  readonly maxEntries: number;
  readonly cpus: number;
  readonly valueStride: number;
  /**
   * As `BpfMap.snapshot`, of all maps that are in the outer map now. E2BIG if these are more than 1024, or their entries more than
   * `maxEntries`.
   */
  snapshot(): Promise<MapSnapshot>;
}
