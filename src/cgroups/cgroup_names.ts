import { type Cgroup, type CgroupId, CgroupTable } from './cgroup_table.js';
import { ContainerNames } from './container_names.js';
import { mountedHierarchies } from './hierarchies.js';
import { walk } from './walk.js';

/** Between two walks that look for unknown cgroups. */
const walkEveryMs = 10_000;

/** Events reach this process within so much time. */
const eventsTakeMs = 60;

/** What the names of cgroups are read from. */
export interface CgroupSources {
  /** The host's procfs, in which `self` is this process. */
  readonly proc: string;
  /** The host's root folder. */
  readonly root: string;
  /** A monotonic clock in milliseconds. */
  now(): number;
  /** Calls back after some milliseconds. The timer does not keep the process alive. */
  later(milliseconds: number, callback: () => void): void;
}

/** Learns about all cgroups, not only those that somebody looks up. */
export interface CgroupListener {
  /** A cgroup exists, or has another path now. May be called again for the same. @param path from the root of the hierarchy */
  made(id: CgroupId, path: string): void;
  removed(id: CgroupId): void;
}

/**
 * Cgroups by their ids. They are learnt from events, if somebody reports these. The first look-up lists all cgroups; one that is still
 * unknown makes another list, at most every ten seconds.
 */
export class CgroupNames {
  /** Whether somebody reports all changes of cgroups. */
  hasEvents = false;
  /** Names of the containers that cgroups belong to. */
  readonly containers: ContainerNames;
  readonly #sources: CgroupSources;
  readonly #table = new CgroupTable();
  readonly #wanted = new Set<CgroupId>();
  readonly #listeners = new Set<CgroupListener>();
  #loading: Promise<void> | undefined;
  #walkedAt = Number.NEGATIVE_INFINITY;

  constructor(sources: CgroupSources) {
    this.#sources = sources;
    this.containers = new ContainerNames(sources);
  }

  /** Undefined if it has not been seen yet, or was removed long ago. */
  get(id: CgroupId): Cgroup | undefined {
    return this.#table.get(id);
  }

  /** Marks a cgroup for the next `load`. */
  want(id: CgroupId): void {
    this.#wanted.add(id);
  }

  /** Looks for the wanted cgroups; undefined if nothing has to be waited for. Never rejects. */
  load(): Promise<void> | undefined {
    if (this.#loading === undefined && this.#wanted.size > 0) {
      this.#loading = this.#load().finally(() => {
        this.#loading = undefined;
      });
    }
    return this.#loading;
  }

  /** Learns that a cgroup was made or renamed. @param path from the root of the hierarchy, with a leading slash */
  made(id: CgroupId, path: string): void {
    this.#table.put(id, path);
    for (const listener of this.#listeners) listener.made(id, path);
    // A container may be gone before anybody asks for its name. The runtime writes its files before it makes the cgroup.
    const place = this.#table.get(id)?.place;
    if (place) void this.containers.find(place);
  }

  /** Learns that a cgroup was removed. Its name is kept for a while. */
  removed(id: CgroupId): void {
    this.#table.remove(id);
    for (const listener of this.#listeners) listener.removed(id);
  }

  /** Reports what is made, renamed and removed from now on, as far as events do. */
  addListener(listener: CgroupListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: CgroupListener): void {
    this.#listeners.delete(listener);
  }

  /** Lists all cgroups, and reports those that exist to the listeners. Never rejects. */
  async list(): Promise<void> {
    await this.#walk();
    for (const [id, path] of this.#table.live()) for (const listener of this.#listeners) listener.made(id, path);
  }

  async #load(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    if (wanted.some((id) => this.#table.get(id) === undefined)) await this.#lookFor(wanted);
    await Promise.all(
      wanted.map((id) => {
        const place = this.#table.get(id)?.place;
        return place && this.containers.find(place);
      }),
    );
  }

  async #lookFor(wanted: readonly CgroupId[]): Promise<void> {
    const { now, later } = this.#sources;
    const isFirst = this.#walkedAt === Number.NEGATIVE_INFINITY;
    if (this.hasEvents && !isFirst) {
      await new Promise<void>((resolve) => later(eventsTakeMs, resolve));
      if (wanted.every((id) => this.#table.get(id) !== undefined)) return;
    }
    if (now() - this.#walkedAt < walkEveryMs) return;
    await this.#walk();
  }

  async #walk(): Promise<void> {
    for (const hierarchy of await mountedHierarchies(this.#sources.proc)) await walk(hierarchy, this.#table);
    this.#walkedAt = this.#sources.now();
  }
}
