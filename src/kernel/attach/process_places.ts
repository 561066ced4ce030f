import { readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SantaError } from '../../errors/fault.js';
import type { BpfObject } from '../addon.js';
import type { ProcessTable } from '../process_table.js';
import { resolveBelow } from './binaries.js';
import type { Hook } from './kinds.js';
import { type MovingHook, Places } from './places.js';
import { attachUserCode } from './user_code.js';
import { userPlaceOf } from './user_place.js';

/** Processes of one look whose files are looked up: each takes some system calls. */
const MAXIMUM_LOOKUPS = 64;

/** A file as a process sees it. */
interface SeenFile {
  /** Device and inode: the same for all processes that have the same file. */
  readonly key: string;
  readonly path: string;
}

/**
 * A program for user-space code in files of other processes: each file is looked up in the mount namespace of its process. Processes with
 * the same file share one place. The program is detached from a file when the last of its processes has ended.
 */
export class ProcessPlaces implements MovingHook {
  readonly #object: BpfObject;
  readonly #hook: Hook;
  readonly #proc: string;
  readonly #places: Places;
  /** By process; undefined if it has no such file. */
  readonly #files = new Map<number, SeenFile | undefined>();

  /** @param proc procfs of the host */
  constructor(object: BpfObject, hook: Hook, proc: string) {
    const { command, pid } = hook.settings.in!;
    this.#object = object;
    this.#hook = hook;
    this.#proc = proc;
    this.#places = new Places(hook, command === undefined ? `process ${pid}` : `a process "${command}"`);
  }

  follow(processes: ProcessTable): SantaError | undefined {
    const pids = processes.chosen(this.#hook.settings.in!);
    const present = new Set(pids);
    for (const pid of this.#files.keys()) if (!present.has(pid)) this.#files.delete(pid);
    const fresh = pids.filter((pid) => !this.#files.has(pid)).slice(0, MAXIMUM_LOOKUPS);
    const byRoot = new Map<string, SeenFile | undefined>();
    for (const pid of fresh) {
      const root = this.#rootOf(pid);
      // Processes of one container need one look.
      if (!byRoot.has(root)) byRoot.set(root, this.#find(pid));
      this.#files.set(pid, byRoot.get(root));
    }
    const seen = [...this.#files.values()].filter((file) => file !== undefined);
    const paths = new Map(seen.map(({ key, path }) => [key, path]));
    this.#places.follow(new Set(paths.keys()), (key) => this.#attach(paths.get(key)!));
    return this.#places.problem;
  }

  #attach(path: string) {
    const place = userPlaceOf(this.#hook);
    return attachUserCode(this.#object, this.#hook, { ...place, path });
  }

  /** The same text for processes with the same root folder. */
  #rootOf(pid: number): string {
    try {
      const folder = join(this.#proc, String(pid));
      return `${readlinkSync(join(folder, 'ns/mnt'))} ${readlinkSync(join(folder, 'root'))}`;
    } catch {
      return `${pid}`;
    }
  }

  #find(pid: number): SeenFile | undefined {
    const root = join(this.#proc, `${pid}/root`);
    const { path } = userPlaceOf(this.#hook, root);
    const resolved = path === undefined ? undefined : resolveBelow(root, path);
    try {
      if (resolved === undefined) return undefined;
      const { dev, ino } = statSync(resolved, { bigint: true });
      return { key: `${dev} ${ino}`, path: resolved };
    } catch {
      return undefined;
    }
  }
}
