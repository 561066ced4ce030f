import { basename } from 'node:path';
import type { Addon, BpfMap, BpfObject, Link, NativeError, ProgramDescription } from '../../src/kernel/addon.js';
import type { Host } from '../../src/kernel/host.js';
import { BtfBuilder } from '../decode/btf_builder.js';
import { FakeMap, u32, u64 } from './fake_map.js';

/** A host that runs every program. */
export const capableHost: Host = {
  kernelRelease: '6.1.0',
  pid: 4242,
  pidNamespace: 0xeffffffc,
  pageBytes: 16_384,
  possibleCpus: 2,
  privileged: true,
  seesModules: true,
  btf: { file: '/sys/kernel/btf/vmlinux', isUsual: true },
  hasTracefs: true,
  isConfidential: false,
  cgroupController: undefined,
};

export interface FakeProgram {
  readonly name: string;
  readonly section: string;
  /** Thrown by `load` and by `attach`, if the program is in use. */
  readonly loadFailure?: Error;
  readonly attachFailure?: Error;
}

export function nativeError(code: string, operation: string, log = ''): NativeError {
  return Object.assign(new Error(`${operation}: ${code}`), { errno: 1, code, operation, log });
}

/**
 * An addon without a kernel. Each object has the hash map `events` (u32 to u64) with its overflow companion, the map
 * `ring` of a type that no metric reads, and constants. `calls` lists what was asked for, in order.
 */
export class FakeAddon {
  readonly calls: string[] = [];
  /** Programs by the name of the object. Other objects have one program, `count`. */
  readonly programs = new Map<string, readonly FakeProgram[]>();
  /** The map `events` by the name of the object. */
  readonly events = new Map<string, FakeMap>();
  /** Bytes of the constants that were set, by the name of the object. */
  readonly constants = new Map<string, Map<number, Uint8Array>>();
  hasTaskStorage = true;
  /** Runs and events taken over, by program. Other programs do not count their runs. */
  readonly counts = new Map<string, readonly [runs: number, takenOver: number]>();
  /** Skipped runs by program. */
  readonly misses = new Map<string, number>();
  /** Runs of iterators wait for these promises, by program. */
  readonly held = new Map<string, Promise<void>>();
  /** CPU time of each run of an iterator. */
  iterationNanoseconds = 1000;
  /** Thrown by `ensureCpu`. */
  samplingFailure: Error | undefined;

  get addon(): Addon {
    const fake = this;
    class OpenedObject extends FakeObject {
      constructor(path: string) {
        super(fake, basename(path, '.bpf.o'));
      }
    }
    return {
      libbpfVersion: () => '1.1',
      hookCost: async () => 50,
      returnFreeMemory: () => this.calls.push('return free memory'),
      supportsMapType: () => this.hasTaskStorage,
      BpfObject: OpenedObject,
    } as unknown as Addon;
  }

  /** Calls of one kind so far, such as `attach`. */
  callsOf(kind: string): string[] {
    return this.calls.filter((call) => call.startsWith(`${kind} `)).map((call) => call.slice(kind.length + 1));
  }
}

class FakeObject
  implements Pick<BpfObject, 'btf' | 'programs' | 'maps' | 'load' | 'attach' | 'programInfo' | 'map' | 'log' | 'close'>
{
  readonly #addon: FakeAddon;
  readonly #name: string;
  readonly #left = new Set<string>();
  readonly #events = new FakeMap({ name: 'events' });
  readonly #other = new FakeMap({ name: 'events_other', type: 'array', valueSize: 16, maxEntries: 1 });

  constructor(addon: FakeAddon, name: string) {
    this.#addon = addon;
    this.#name = name;
    this.#events.set(u32(1), u64(5));
    this.#other.set(u32(0), u64(0, 0));
    addon.calls.push(`open ${name}`);
  }

  btf = () => objectBtf.bytes;

  programs(): ProgramDescription[] {
    return this.#programs().map(({ name, section }) => {
      return { name, section, type: 0, typeName: 'tracing', autoload: !this.#left.has(name) };
    });
  }

  maps(): ReturnType<BpfObject['maps']> {
    const common = { section: undefined, flags: 0, internal: false, autocreate: true, maxEntries: 16 };
    const { key, value, other } = objectBtf;
    return [
      { ...common, ...hash, name: 'events', keySize: 4, valueSize: 8, keyTypeId: key, valueTypeId: value },
      { ...common, ...array, name: 'events_other', keySize: 4, valueSize: 16, keyTypeId: key, valueTypeId: other },
      { ...common, ...ringbuf, name: 'ring', keySize: 0, valueSize: 0, keyTypeId: 0, valueTypeId: 0 },
      { ...common, ...taskStorage, name: 'kept', keySize: 4, valueSize: 8, keyTypeId: key, valueTypeId: value },
      ...this.#counted().map((name) => {
        return {
          ...common,
          ...counter,
          name: `runs_of_${name}`,
          keySize: 4,
          valueSize: 32,
          keyTypeId: 0,
          valueTypeId: 0,
        };
      }),
    ];
  }

  setAutoload(program: string, autoload: boolean): void {
    if (!autoload) this.#left.add(program);
  }

  setAutocreate(map: string): void {
    this.#addon.calls.push(`leave out ${this.#name}.${map}`);
  }

  setKeySize(map: string, keySize: number): void {
    this.#addon.calls.push(`shorten ${this.#name}.${map} ${keySize}`);
  }

  setValueSize(map: string, valueSize: number): void {
    this.#addon.calls.push(`value size ${this.#name}.${map} ${valueSize}`);
  }

  setPinPath(map: string, path: string): void {
    this.#addon.calls.push(`pin ${this.#name}.${map} ${path}`);
  }

  setMaxEntries(map: string, maxEntries: number): void {
    this.#addon.calls.push(`resize ${this.#name}.${map} ${maxEntries}`);
  }

  setInitialValue(_map: string, offset: number, bytes: Uint8Array): void {
    const constants = this.#addon.constants.get(this.#name) ?? new Map<number, Uint8Array>();
    this.#addon.constants.set(this.#name, constants.set(offset, bytes));
  }

  async load(): Promise<void> {
    this.#addon.calls.push(`load ${this.#name}`);
    for (const { name, loadFailure } of this.#programs()) {
      if (loadFailure !== undefined && !this.#left.has(name)) throw loadFailure;
    }
    this.#addon.events.set(this.#name, this.#events);
  }

  initialValue(): Uint8Array {
    return new Uint8Array(20);
  }

  attachPerfEvent(program: string): Link {
    return this.attach(program);
  }

  attach(program: string): Link {
    this.#addon.calls.push(`attach ${this.#name}.${program}`);
    const failure = this.#programs().find(({ name }) => name === program)?.attachFailure;
    if (failure !== undefined) throw failure;
    const iterate = async () => {
      this.#addon.calls.push(`run ${this.#name}.${program}`);
      await this.#addon.held.get(program);
      return this.#addon.iterationNanoseconds;
    };
    const ensureCpu = () => {
      if (this.#addon.samplingFailure) throw this.#addon.samplingFailure;
      return false;
    };
    return { program, attached: true, detach: () => {}, ensureCpu, iterate };
  }

  programInfo(program: string): ReturnType<BpfObject['programInfo']> {
    return {
      id: 0,
      tag: '0000000000000000',
      runCount: 0,
      runTimeNs: 0,
      recursionMisses: this.#addon.misses.get(program) ?? 0,
    };
  }

  map(name: string): BpfMap {
    const map = name === 'events' ? this.#events : this.#other;
    const [runs, takenOver] = this.#addon.counts.get(name.replace('runs_of_', '')) ?? [0, 0];
    return {
      ...map,
      // Two CPUs.
      lookup: () => new Uint8Array(u64(runs - 1, takenOver, 0, 0, 1, 0, 0, 0)),
      section: undefined,
      typeName: map.type,
      snapshot: () => map.read(),
      empty: async () => void this.#addon.calls.push(`clear ${this.#name}.${name}`),
    } as unknown as BpfMap;
  }

  log = () => 'the whole log';

  close(): void {
    this.#addon.calls.push(`close ${this.#name}`);
  }

  #counted(): string[] {
    return this.#programs().flatMap(({ name }) => (this.#addon.counts.has(name) ? [name] : []));
  }

  #programs(): readonly FakeProgram[] {
    return this.#addon.programs.get(this.#name) ?? [{ name: 'count', section: 'tp_btf/sys_enter' }];
  }
}

const hash = { type: 1, typeName: 'hash' };
const array = { type: 2, typeName: 'array' };
const counter = { type: 6, typeName: 'percpu_array' };
const ringbuf = { type: 27, typeName: 'ringbuf' };
const taskStorage = { type: 29, typeName: 'task_storage' };

/** Offsets of the constants that `objectBtf` declares. */
export const constantOffsets = {
  wanted: 0,
  exporter_pid: 4,
  has_task_storage: 8,
  exporter_pid_namespace: 12,
  page_bytes: 16,
};

const objectBtf = (() => {
  const [VOLATILE, VARIABLE, SECTION] = [9, 14, 15];
  const builder = new BtfBuilder();
  const key = builder.int('__u32', 4);
  const value = builder.int('__u64', 8);
  const bool = builder.int('_Bool', 1, 4);
  const other = builder.struct('events_other_value', 16, [
    ['value', value, 0],
    ['lost', value, 64],
  ]);
  const variables = Object.entries(constantOffsets).flatMap(([name, offset]) => {
    const isBool = name === 'has_task_storage';
    const type = builder.type(VOLATILE, { size: isBool ? bool : key });
    return [builder.type(VARIABLE, { name, size: type, tail: [1] }), offset, isBool ? 1 : 4];
  });
  builder.type(SECTION, { name: '.rodata', size: 20, length: variables.length / 3, tail: variables });
  return { bytes: builder.bytes(), key, value, other };
})();
