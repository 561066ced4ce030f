/** Keeps at most `capacity` values for `maxAgeMs` each, and evicts the least recently used. */
export class ExpiringCache<K, V> {
  private readonly entries = new Map<K, { readonly value: V; readonly madeAt: number }>();

  constructor(
    private readonly capacity: number,
    private readonly maxAgeMs: number,
    private readonly now: () => number,
  ) {}

  /** The value of a key. Calls `make` when the value is missing or too old. */
  get(key: K, make: (key: K) => V): V {
    const now = this.now();
    let entry = this.entries.get(key);
    if (entry !== undefined) this.entries.delete(key);
    if (entry === undefined || now - entry.madeAt >= this.maxAgeMs) entry = { value: make(key), madeAt: now };
    if (this.entries.size >= this.capacity) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(key, entry);
    return entry.value;
  }

  get size(): number {
    return this.entries.size;
  }
}
