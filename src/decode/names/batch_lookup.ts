/** How long values are kept. */
export interface BatchLimits {
  /** Most keys: before a batch that does not fit, all others are forgotten. */
  readonly keys?: number;
  /** Called after each batch with what forgets it. */
  readonly expire?: (forget: () => void) => void;
}

/** Looks values up in batches: rows want keys, all of them are loaded at once, and then labels are decoded. */
export class BatchLookup<K, V> {
  /** Undefined for keys that were looked up in vain. They are kept, too: every scrape would look for them again. */
  readonly #found = new Map<K, V | undefined>();
  readonly #wanted = new Set<K>();
  readonly #find: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;
  readonly #limits: BatchLimits;
  #loading: Promise<void> | undefined;

  /** @param find must not reject */
  constructor(find: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>, limits: BatchLimits) {
    this.#find = find;
    this.#limits = limits;
  }

  /** The value of a loaded key. */
  get(key: K): V | undefined {
    return this.#found.get(key);
  }

  /** Marks a key for the next `load`. */
  want(key: K): void {
    if (!this.#found.has(key)) this.#wanted.add(key);
  }

  /** Looks up the wanted keys; undefined when there are none. Never rejects. */
  load(): Promise<void> | undefined {
    if (this.#loading === undefined && this.#wanted.size > 0) {
      this.#loading = this.#read().finally(() => {
        this.#loading = undefined;
      });
    }
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { keys: most = Number.POSITIVE_INFINITY, expire } = this.#limits;
    while (this.#wanted.size > 0) {
      const keys = [...this.#wanted];
      this.#wanted.clear();
      if (this.#found.size + keys.length > most) this.#found.clear();
      const found = await this.#find(keys);
      for (const key of keys) this.#found.set(key, found.get(key));
      expire?.(() => {
        for (const key of keys) this.#found.delete(key);
      });
    }
  }
}
