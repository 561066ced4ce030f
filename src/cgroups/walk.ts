import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CgroupTable, markedId, ownerOf } from './cgroup_table.js';
import type { MountedHierarchy } from './hierarchies.js';

/** How much of a hierarchy is listed, together and of each owner. Shallow cgroups come first. */
const defaultLimits = { all: 65_536, ofOwner: 8192, depth: 32 };

/** Folders that are read at the same time: the threads of libuv have other work, too. */
const readers = 2;

/**
 * Puts the cgroups of a hierarchy into the table, folder by folder: the event loop runs in between. What is missing from a
 * complete list is removed from the table. Never rejects.
 */
export async function walk(hierarchy: MountedHierarchy, table: CgroupTable, limits = defaultLimits): Promise<void> {
  await new Walk(hierarchy, table, limits).run();
}

class Walk {
  #isComplete = true;
  #listed = 1;
  readonly #ofOwner = new Map<string, number>();

  constructor(
    private readonly hierarchy: MountedHierarchy,
    private readonly table: CgroupTable,
    private readonly limits: typeof defaultLimits,
  ) {}

  async run(): Promise<void> {
    this.table.beginWalk();
    let level = [''];
    for (let depth = 0; level.length > 0; depth++) {
      const next: string[] = [];
      const queue = level.values();
      const read = async () => {
        for (const path of queue)
          if ((await this.#put(path)) && depth < this.limits.depth) await this.#list(path, next);
      };
      await Promise.all(Array.from({ length: readers }, read));
      level = next;
    }
    if (this.#isComplete) this.table.endWalk(this.hierarchy.mark);
  }

  async #put(path: string): Promise<boolean> {
    const { folder, mark } = this.hierarchy;
    try {
      const { ino } = await stat(join(folder, path), { bigint: true });
      this.table.put(markedId(ino, mark), path === '' ? '/' : path);
      return true;
    } catch {
      // It was removed meanwhile, or its name is no UTF-8.
      return false;
    }
  }

  async #list(path: string, found: string[]): Promise<void> {
    try {
      for await (const entry of await opendir(join(this.hierarchy.folder, path), { bufferSize: 128 })) {
        if (!entry.isDirectory()) continue;
        const child = `${path}/${entry.name}`;
        if (!this.#mayList(child)) return;
        found.push(child);
      }
    } catch {
      // It was removed meanwhile.
    }
  }

  #mayList(path: string): boolean {
    const owner = ownerOf(path);
    const count = this.#ofOwner.get(owner) ?? 0;
    if (count >= this.limits.ofOwner || this.#listed >= this.limits.all) {
      this.#isComplete = false;
      return false;
    }
    this.#ofOwner.set(owner, count + 1);
    this.#listed++;
    return true;
  }
}
