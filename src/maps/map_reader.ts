/** One map's contents at one moment, as raw bytes in the host's byte order. */
export interface MapSnapshot {
  /** Number of entries read. */
  readonly count: number;
  /**
   * Row number of each entry. A key keeps its row number while it is present in successive snapshots. Freed numbers are
   * used again, so row numbers stay dense: all are below `rowLimit`.
   */
  readonly rows: Uint32Array;
  /** All row numbers are below this. */
  readonly rowLimit: number;
  /** Values of all entries. Entry i starts at `i * valueStride`; per-CPU values are `valueSize` rounded up to 8 apart. */
  readonly values: Uint8Array;
  /** Rows that the previous snapshot did not have, and their keys in the same order, `keySize` bytes each. */
  readonly addedRows: Uint32Array;
  readonly addedKeys: Uint8Array;
  /** Rows of the previous snapshot whose key is gone. Process these before `addedRows`: the numbers may recur there. */
  readonly goneRows: Uint32Array;
}

/** A BPF map as the metrics stage sees it. */
export interface MapShape {
  readonly name: string;
  /** libbpf's name of the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** Values per entry: 1, or the number of possible CPUs for a per-CPU map. */
  readonly cpus: number;
  /** Bytes from one entry to the next in `MapSnapshot.values`: `valueSize`, or round_up(valueSize, 8) * cpus for per-CPU maps. */
  readonly valueStride: number;
  readonly maxEntries: number;
  /** Whether an iterator clears and fills the map and its overflow companion before each read, as gauges need. */
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
   * Removes one entry and returns its last value (`valueStride` bytes), or undefined if the key is gone. Rejects for
   * arrays, whose entries cannot be removed.
   */
  take(key: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * Lets programs add up to `count` entries until the next call. No user gets more of these places than are left for all
   * others. Absent if the map has no such limit.
   */
  limitNewEntries?(count: number): void;
}
