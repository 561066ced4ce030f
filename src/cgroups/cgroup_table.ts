import { blkioMark } from './hierarchies.js';
import { type Place, placeOf } from './place.js';

/** The kernel's id of a cgroup, which is unique in its hierarchy while the system runs, with the mark of the hierarchy. */
export type CgroupId = number | bigint;

/** A cgroup that has a name. */
export interface Cgroup {
  /** From the root of the hierarchy, with a leading slash. */
  readonly path: string;
  /** Read from the path when it is first asked for. */
  readonly place: Place;
}

/** How many cgroups are kept. */
export interface TableLimits {
  /** Cgroups that exist, for each owner and together. */
  readonly live: { readonly ofOwner: number; readonly all: number };
  /** Cgroups that were removed: rows may still count for them. */
  readonly gone: { readonly ofOwner: number; readonly all: number };
}

const defaultLimits: TableLimits = { live: { ofOwner: 16_384, all: 65_536 }, gone: { ofOwner: 2048, all: 16_384 } };

/** Names of a path that make an owner: enough to tell users, pods and services apart. */
const ownerDepth = 3;

class Entry implements Cgroup {
  #place: Place | undefined;

  constructor(
    readonly path: string,
    readonly owner: string,
    /** The walk or event that saw it last. */
    public seen: number,
  ) {}

  get place(): Place {
    this.#place ??= placeOf(this.path);
    return this.#place;
  }
}

/** Entries in the order in which they came, with shares for their owners. */
class SharedEntries {
  readonly #all = new Map<CgroupId, Entry>();
  readonly #owners = new Map<string, Set<CgroupId>>();

  constructor(private readonly limit: { readonly ofOwner: number; readonly all: number }) {}

  get size(): number {
    return this.#all.size;
  }

  get(id: CgroupId): Entry | undefined {
    return this.#all.get(id);
  }

  entries(): IterableIterator<[CgroupId, Entry]> {
    return this.#all.entries();
  }

  /** The oldest entry of the owner leaves if its share is used up, otherwise the oldest of the largest owner. */
  set(id: CgroupId, entry: Entry): void {
    this.delete(id);
    const ids = this.#owners.get(entry.owner) ?? new Set();
    this.#owners.set(entry.owner, ids.add(id));
    this.#all.set(id, entry);
    if (ids.size > this.limit.ofOwner) this.delete(ids.values().next().value!);
    if (this.#all.size > this.limit.all) this.#shrinkLargest();
  }

  delete(id: CgroupId): Entry | undefined {
    const entry = this.#all.get(id);
    if (entry === undefined) return undefined;
    this.#all.delete(id);
    const ids = this.#owners.get(entry.owner)!;
    ids.delete(id);
    if (ids.size === 0) this.#owners.delete(entry.owner);
    return entry;
  }

  /** A sixteenth of it at once: owners are compared rarely. */
  #shrinkLargest(): void {
    let largest: Set<CgroupId> | undefined;
    for (const ids of this.#owners.values()) if (largest === undefined || ids.size > largest.size) largest = ids;
    let rest = Math.ceil(largest!.size / 16);
    for (const id of largest!) {
      if (rest-- === 0) break;
      this.delete(id);
    }
  }
}

/**
 * Paths of cgroups by their ids, also of those that were removed a while ago. Bounded: who makes many cgroups pushes out its own
 * only.
 */
export class CgroupTable {
  readonly #live: SharedEntries;
  readonly #gone: SharedEntries;
  #walk = 0;

  constructor(limits: TableLimits = defaultLimits) {
    this.#live = new SharedEntries(limits.live);
    this.#gone = new SharedEntries(limits.gone);
  }

  get(id: CgroupId): Cgroup | undefined {
    return this.#live.get(id) ?? this.#gone.get(id);
  }

  get size(): number {
    return this.#live.size + this.#gone.size;
  }

  /** Adds a cgroup, or gives it its present path. */
  put(id: CgroupId, path: string): void {
    const known = this.#live.get(id);
    if (known?.path === path) {
      known.seen = this.#walk;
      return;
    }
    this.#gone.delete(id);
    this.#live.set(id, new Entry(path, ownerOf(path), this.#walk));
  }

  /** Keeps the name of a cgroup that does not exist any more. */
  remove(id: CgroupId): void {
    const entry = this.#live.delete(id);
    if (entry !== undefined) this.#gone.set(id, entry);
  }

  /** Ids and paths of the cgroups that exist. */
  *live(): Generator<[CgroupId, string]> {
    for (const [id, { path }] of this.#live.entries()) yield [id, path];
  }

  /** What is put from now on exists. */
  beginWalk(): void {
    this.#walk++;
  }

  /** Removes what was not put since the beginning of a walk that has seen all of the hierarchy. */
  endWalk(mark: bigint): void {
    const missing: CgroupId[] = [];
    for (const [id, { seen }] of this.#live.entries()) if (seen !== this.#walk && markOf(id) === mark) missing.push(id);
    for (const id of missing) this.remove(id);
  }
}

function markOf(id: CgroupId): bigint {
  return typeof id === 'bigint' ? id & blkioMark : 0n;
}

/** An id with the mark of its hierarchy, as probes write it. */
export function markedId(id: bigint, mark: bigint): CgroupId {
  return mark === 0n && id <= Number.MAX_SAFE_INTEGER ? Number(id) : id | mark;
}

/** Who has to answer for a cgroup: the first names of the path of its parent. */
export function ownerOf(path: string): string {
  let end = 0;
  for (let depth = 0; depth < ownerDepth; depth++) {
    const next = path.indexOf('/', end + 1);
    if (next === -1) break;
    end = next;
  }
  return path.slice(0, end);
}
