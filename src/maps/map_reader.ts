/** One map's contents at one moment, as raw bytes in the host's byte order. */
export interface MapSnapshot {
  /** Number of entries read. */
  readonly count: number;
  /**
   * Row number of each entry. A key keeps its row number for as long as it is present in successive snapshots; freed
   * numbers are used again. Row numbers are dense: always below `rowLimit`.
   */
  readonly rows: Uint32Array;
  /** All row numbers are below this. */
  readonly rowLimit: number;
  /** Values of all entries: entry i starts at `i * valueStride`; per-CPU values follow each other at `valueSize` rounded up to 8. */
  readonly values: Uint8Array;
  /** Rows that were not in the previous snapshot, and their keys, `keySize` bytes each in the same order. */
  readonly addedRows: Uint32Array;
  readonly addedKeys: Uint8Array;
  /** Rows of the previous snapshot whose key is no longer there. Process these before `addedRows`: numbers may recur. */
  readonly goneRows: Uint32Array;
}

/** A BPF map as the metrics stage sees it. */
export interface MapShape {
  readonly name: string;
  /** The kernel's name for the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** Number of values per entry: 1, or the number of possible CPUs for a per-CPU map. */
  readonly cpus: number;
  /** Bytes from one entry to the next in `MapSnapshot.values`: `valueSize` for ordinary maps, round_up(valueSize, 8) * cpus for per-CPU maps. */
  readonly valueStride: number;
  readonly maxEntries: number;
  /** Whether an iterator clears and refills the map and its overflow companion before each read. For gauges. */
  readonly isRefilled?: boolean;
}

/** Reads a BPF map. The kernel stage implements it; tests implement it with plain data. */
export interface MapReader extends MapShape {
  /**
   * Reads the whole map off the main thread. The snapshot's memory is valid until the next `read()` of the same map
   * begins; calls must not overlap.
   */
  read(): Promise<MapSnapshot>;
  /**
   * Removes one entry and returns its last value (`valueStride` bytes), or undefined if the key is gone already.
   * Arrays cannot remove entries: rejects.
   */
  take(key: Uint8Array): Promise<Uint8Array | undefined>;
}
