import { type Cgroup, type CgroupId, CgroupTable } from './cgroup_table.js';
import { mountedHierarchies } from './hierarchies.js';
import { walk } from './walk.js';

/** Between two walks that look for unknown cgroups. */
const walkEveryMs = 10_000;

/** What the names of cgroups are read from. */
export interface CgroupSources {
  /** The host's procfs, in which `self` is this process. */
  readonly proc: string;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

/**
 * Cgroups by their ids. The first look-up lists all of them. Later ones are learnt from events, if somebody reports these; a cgroup
 * that is still unknown makes another list, at most every ten seconds.
 */
export class CgroupNames {
  readonly #sources: CgroupSources;
  readonly #table = new CgroupTable();
  readonly #wanted = new Set<CgroupId>();
  #walking: Promise<void> | undefined;
  #walkedAt = Number.NEGATIVE_INFINITY;

  constructor(sources: CgroupSources) {
    this.#sources = sources;
  }

  /** Undefined if it has not been seen yet, or was removed long ago. */
  get(id: CgroupId): Cgroup | undefined {
    return this.#table.get(id);
  }

  /** Marks a cgroup for the next `load`. */
  want(id: CgroupId): void {
    if (this.#table.get(id) === undefined) this.#wanted.add(id);
  }

  /** Looks for the wanted cgroups; undefined if nothing has to be waited for. Never rejects. */
  load(): Promise<void> | undefined {
    if (this.#wanted.size === 0) return undefined;
    this.#wanted.clear();
    const { now } = this.#sources;
    if (this.#walking === undefined && now() - this.#walkedAt >= walkEveryMs) {
      this.#walking = this.#walk().finally(() => {
        this.#walking = undefined;
        this.#walkedAt = now();
      });
    }
    return this.#walking;
  }

  /** Learns that a cgroup was made or renamed. @param path from the root of the hierarchy, with a leading slash */
  made(id: CgroupId, path: string): void {
    this.#table.put(id, path);
  }

  async #walk(): Promise<void> {
    for (const hierarchy of await mountedHierarchies(this.#sources.proc)) await walk(hierarchy, this.#table);
  }
}
