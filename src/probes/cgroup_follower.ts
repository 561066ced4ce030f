import { join } from 'node:path';
import type { CgroupNames } from '../cgroups/cgroup_names.js';
import { markedId } from '../cgroups/cgroup_table.js';
import { blkioMark, type NamedHierarchy, namedHierarchies, v1Mark } from '../cgroups/hierarchies.js';
import { parseBtf } from '../decode/btf/parser.js';
import { encodeConstant } from '../decode/constants.js';
import { AttachedPrograms, type SharedSource } from '../kernel/attached_programs.js';
import { type EventBuffer, recordsOf } from '../kernel/event_handles.js';
import type { KernelContext } from '../kernel/kernel_context.js';
import { KernelProbe } from '../kernel/kernel_probe.js';
import type { LoadRequest } from '../kernel/load_request.js';
import { openObject } from '../kernel/object_file.js';
import { packageFolder } from '../package_folder.js';

const objectName = 'cgroup_paths';

/** `enum cgroup_change` of bpf/cgroup_paths.bpf.c. */
const REMOVED = 1;

/** `struct cgroup_event`: id, change, hierarchy, length, path. */
const headerBytes = 20;

/** What the follower works with. */
export interface FollowerContext {
  readonly kernel: KernelContext;
  readonly names: CgroupNames;
  /** The host's procfs. */
  readonly proc: string;
  /** Receives why new cgroups are not followed. Their names are then looked for when they are needed. */
  onFailure(error: unknown): void;
}

/** Tells the names of cgroups what is made, renamed and removed, while any probe has labels that name cgroups. */
export class CgroupFollower implements SharedSource {
  readonly name = objectName;
  readonly #context: FollowerContext;
  #users = 0;
  #opening: Promise<void> | undefined;
  /** Of the last start; undefined once it was ended. */
  #start: symbol | undefined;
  #kernel: KernelProbe | undefined;
  #attached: AttachedPrograms | undefined;
  #events: EventBuffer | undefined;
  /** Changes that former starts have lost. */
  #lostBefore = 0;

  constructor(context: FollowerContext) {
    this.#context = context;
  }

  /** Follows cgroups until each call has its `close`. Never rejects: without events the names still serve. */
  async open(): Promise<void> {
    this.#users++;
    this.#opening ??= this.#attach();
    await this.#opening;
  }

  close(): void {
    this.#users--;
    if (this.#users === 0) this.#detach();
  }

  get attached(): AttachedPrograms | undefined {
    return this.#attached;
  }

  /** Changes of cgroups so far that were not followed: too many at a time. Undefined while none are followed. */
  get lost(): number | undefined {
    return this.#users === 0 ? undefined : this.#count();
  }

  #count(): number {
    const values = this.#kernel?.map('cgroup_events_lost').lookup(new Uint8Array(4));
    return this.#lostBefore + (values ? sum(values) : 0);
  }

  async #attach(): Promise<void> {
    const { kernel: context, proc, onFailure } = this.#context;
    const start = Symbol();
    this.#start = start;
    try {
      const object = openObject(context, objectFile);
      const hierarchies = namedHierarchies(proc);
      const types = parseBtf(object.btf()!);
      const constants = Object.entries({ v1_hierarchy: v1Mark, blkio_hierarchy: blkioMark }).map(([name, mark]) =>
        encodeConstant(types, name, hierarchies.find((one) => one.mark === mark)?.number ?? 0),
      );
      const kernel = await KernelProbe.load(context, { ...request, constants }, object);
      await kernel.attach();
      if (this.#start === start) this.#follow(kernel, hierarchies);
      else kernel.close();
    } catch (error) {
      if (this.#start === start) this.#release();
      onFailure(error);
    }
  }

  #follow(kernel: KernelProbe, hierarchies: readonly NamedHierarchy[]): void {
    this.#kernel = kernel;
    this.#attached = new AttachedPrograms(kernel);
    const { addon } = this.#context.kernel;
    this.#events = new addon.EventBuffer(kernel.map('cgroup_events'), (batch) => {
      for (const record of recordsOf(batch)) apply(record, hierarchies, this.#context.names);
    });
    this.#context.names.hasEvents = true;
  }

  #detach(): void {
    this.#release();
    this.#opening = undefined;
    this.#start = undefined;
  }

  #release(): void {
    this.#context.names.hasEvents = false;
    this.#lostBefore = this.#count();
    this.#events?.close();
    this.#events = undefined;
    this.#attached?.detach();
    this.#attached = undefined;
    this.#kernel?.close();
    this.#kernel = undefined;
  }
}

const objectFile = join(packageFolder, `dist/bpf/${objectName}.bpf.o`);

const request: Omit<LoadRequest, 'constants'> = {
  probe: objectName,
  object: objectFile,
  alternatives: ['cgroup_made', 'cgroup_removed', 'cgroup_renamed'].map((program) => [program, `${program}_classic`]),
  iterators: [],
  maxEntries: {},
};

/** Hierarchies of v1 that are mounted together have one number, and their cgroups more than one id. */
function apply(record: Buffer, hierarchies: readonly NamedHierarchy[], names: CgroupNames): void {
  const change = record.readUInt32LE(8);
  const number = record.readUInt32LE(12);
  const path = record.toString('utf8', headerBytes, headerBytes + record.readUInt32LE(16));
  for (const { mark } of hierarchies.filter((one) => one.number === number)) {
    const id = markedId(record.readBigUInt64LE(0), mark);
    if (change === REMOVED) names.removed(id);
    else names.made(id, path);
  }
}

function sum(bytes: Uint8Array): number {
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  return words.reduce((total, word) => total + Number(word), 0);
}
