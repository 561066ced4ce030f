import { Allowances } from './allowance.js';
import { type Answer, Refusal } from './helper.js';
import { Table } from './table.js';

interface Entry {
  /** Undefined: the file could not be read. */
  readonly table: Table | undefined;
  readonly owner: string;
  readonly bytes: number;
  /** When an unreadable file is tried again. */
  readonly until: number;
}

interface Job {
  readonly key: string;
  readonly load: () => Promise<Answer>;
  readonly done: (table: Table | undefined) => void;
}

const keptBadMs = 600_000;
/** The next process may still be there to open it through. */
const keptUnopenedMs = 2000;
const entryBytes = 256;
const keptEvicted = 8192;
/** Waiting loads per owner. What does not fit is wanted again later. */
const longestQueue = 256;

/**
 * Tables by the identity of their file, up to a number of bytes. Each owner's tables compete among themselves first: the
 * owner with the most bytes loses the table that was not used for longest. Owners load in turns, one table at a time.
 */
export class TableCache {
  private readonly entries = new Map<string, Entry>();
  private readonly evicted = new Set<string>();
  private readonly ownerBytes = new Map<string, number>();
  private readonly queues = new Map<string, Job[]>();
  private readonly loading = new Map<string, Promise<Table | undefined>>();
  private readonly allowances: Allowances;
  private isRunning = false;
  private total = 0;
  /** Files that could not be read so far. */
  failures = 0;

  constructor(
    private readonly limit: number,
    private readonly now: () => number,
  ) {
    this.allowances = new Allowances(now);
  }

  /** Bytes of all tables. */
  get bytes(): number {
    return this.total;
  }

  /** A table that is there; undefined if it is not, or the file is known to be unreadable. */
  get(key: string): Table | undefined {
    return this.find(key)?.table;
  }

  /**
   * The table of a file, loaded if need be. Undefined if that fails, or its owner has no CPU time left: a file
   * that cannot be parsed is not tried again for ten minutes. Never rejects.
   */
  load(key: string, owner: string, load: () => Promise<Answer>): Promise<Table | undefined> {
    const known = this.find(key);
    return known === undefined ? this.reload(key, owner, load) : Promise.resolve(known.table);
  }

  /** Loads a table as `load` does, also if there is one. A table stays when its file cannot be read again. */
  reload(key: string, owner: string, load: () => Promise<Answer>): Promise<Table | undefined> {
    const known = this.find(key);
    if (known !== undefined && known.table === undefined) return Promise.resolve(undefined);
    const running = this.loading.get(key);
    if (running !== undefined) return running;
    const queue = this.queues.get(owner) ?? [];
    if (queue.length >= longestQueue || !this.allowances.has(owner)) return Promise.resolve(undefined);
    const promise = new Promise<Table | undefined>((done) => {
      queue.push({ key, load, done });
    });
    this.queues.set(owner, queue);
    this.loading.set(key, promise);
    if (!this.isRunning) void this.run();
    return promise;
  }

  private remove(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.count(entry.owner, -entry.bytes);
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.queues.size > 0) {
      for (const [owner, queue] of [...this.queues]) {
        const job = queue.shift();
        if (queue.length === 0) this.queues.delete(owner);
        if (job === undefined) continue;
        const table = await this.perform(owner, job);
        this.loading.delete(job.key);
        job.done(table);
      }
    }
    this.isRunning = false;
  }

  private async perform(owner: string, { key, load }: Job): Promise<Table | undefined> {
    if (!this.allowances.has(owner)) return undefined;
    const started = this.now();
    try {
      const { payload, cpuMs } = await load();
      this.allowances.charge(owner, cpuMs);
      const table = new Table(payload);
      this.add(key, { table, owner, bytes: table.bytes + entryBytes, until: Number.POSITIVE_INFINITY });
      return table;
    } catch (error) {
      // A worker that was ended may have used all this time.
      this.allowances.charge(owner, this.now() - started);
      const isBad = !(error instanceof Refusal) || error.isOfFile;
      if (isBad) this.failures++;
      const known = this.find(key)?.table;
      if (known !== undefined) return known;
      this.add(key, {
        table: undefined,
        owner,
        bytes: entryBytes,
        until: this.now() + (isBad ? keptBadMs : keptUnopenedMs),
      });
      return undefined;
    }
  }

  private find(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until <= this.now()) {
      this.remove(key);
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  private add(key: string, entry: Entry): void {
    this.remove(key);
    this.entries.set(key, entry);
    this.evicted.delete(key);
    this.count(entry.owner, entry.bytes);
    while (this.total > this.limit) this.evict();
  }

  /** Whether a table was there and had to make room for others. */
  wasEvicted(key: string): boolean {
    return this.evicted.has(key);
  }

  private evict(): void {
    const [largest] = [...this.ownerBytes].reduce((a, b) => (b[1] > a[1] ? b : a));
    for (const [key, { owner }] of this.entries) {
      if (owner === largest) {
        this.remove(key);
        this.evicted.add(key);
        if (this.evicted.size > keptEvicted) this.evicted.delete(this.evicted.values().next().value!);
        return;
      }
    }
  }

  private count(owner: string, bytes: number): void {
    this.total += bytes;
    const sum = (this.ownerBytes.get(owner) ?? 0) + bytes;
    if (sum === 0) this.ownerBytes.delete(owner);
    else this.ownerBytes.set(owner, sum);
  }
}
