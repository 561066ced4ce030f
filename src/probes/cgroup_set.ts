import { closeSync, constants, openSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import type { CgroupListener, CgroupNames } from '../cgroups/cgroup_names.js';
import type { CgroupId } from '../cgroups/cgroup_table.js';
import { unifiedFolder } from '../cgroups/hierarchies.js';
import { compileRegex } from '../config/linear_regex.js';
import type { CgroupSetSpec } from '../config/probe_schema.js';
import { fault, type SantaError } from '../errors/fault.js';
import { type BpfMap, isNativeError } from '../kernel/addon.js';

const usualFolder = '/sys/fs/cgroup';
/** Ids of cgroup v1 are above. */
const firstMark = 2n ** 62n;

/** Keeps a map filled with the cgroups of v2 that match: those that exist, and those that are made or renamed later. */
export class CgroupSet implements CgroupListener {
  readonly #map: BpfMap;
  readonly #spec: CgroupSetSpec;
  readonly #names: CgroupNames;
  readonly #folder: string;
  readonly #patterns: readonly RegExp[];
  readonly #members = new Set<CgroupId>();
  #problem: SantaError | undefined;

  /** @param map is not owned @param proc the host's procfs */
  constructor(map: BpfMap, spec: CgroupSetSpec, names: CgroupNames, proc: string) {
    this.#map = map;
    this.#spec = spec;
    this.#names = names;
    this.#folder = unifiedFolder(proc) ?? usualFolder;
    this.#patterns = spec.patterns.map(compileRegex);
  }

  /** Follows cgroups until `close`, and puts in those that exist. */
  async open(): Promise<void> {
    this.#names.addListener(this);
    await this.#names.list();
  }

  close(): void {
    this.#names.removeListener(this);
  }

  /** Why the last cgroup that matched is not in the map. */
  get problem(): SantaError | undefined {
    return this.#problem;
  }

  made(id: CgroupId, path: string): void {
    if (BigInt(id) >= firstMark) return;
    const shown = path === '/' ? this.#folder : this.#folder + path;
    if (!this.#patterns.some((pattern) => pattern.test(shown))) {
      this.#remove(id);
      return;
    }
    if (this.#members.has(id)) return;
    try {
      this.#put(id, path);
      this.#members.add(id);
      this.#problem = undefined;
    } catch (error) {
      const errno = codeOf(error);
      // It was removed meanwhile.
      if (errno === 'ENOENT') return;
      this.#problem = fault('MAP_NOT_FILLED', { map: this.#spec.map, key: shown, errno }, { cause: error });
    }
  }

  removed(id: CgroupId): void {
    this.#remove(id);
  }

  #put(id: CgroupId, path: string): void {
    const value = new Uint8Array(BigUint64Array.of(1n).buffer);
    if (this.#spec.by === 'id') {
      this.#map.update(idKey(id), value);
      return;
    }
    const descriptor = openSync(join(this.#folder, path), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      this.#map.update(new Uint8Array(Int32Array.of(descriptor).buffer), value);
    } finally {
      closeSync(descriptor);
    }
  }

  #remove(id: CgroupId): void {
    if (!this.#members.delete(id) || this.#spec.by === 'descriptor') return;
    try {
      this.#map.delete(idKey(id));
    } catch (error) {
      if (!isNativeError(error)) throw error;
    }
  }
}

function idKey(id: CgroupId): Uint8Array {
  const key = Buffer.alloc(8);
  if (endianness() === 'LE') key.writeBigUInt64LE(BigInt(id));
  else key.writeBigUInt64BE(BigInt(id));
  return key;
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
