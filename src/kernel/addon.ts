import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { fault } from '../errors/fault.js';
import type { MapSnapshot } from '../maps/map_reader.js';

/**
 * The native addon over libbpf, typed. It decides nothing: what is asked for is done or thrown.
 *
 * Errors. An operation that the kernel or libbpf refuses throws (or rejects with) a `NativeError`. A handle that is
 * closed gives errno EBADF, one that is busy (loading, or a map that is read or emptied already) EBUSY, an operation that comes
 * too early or too late EINVAL, an unknown name ENOENT. An argument of the wrong type throws a TypeError, one of the
 * wrong size or range a RangeError. Nothing aborts the process.
 *
 * Ownership. A `BpfObject` owns its links and maps: `close()` detaches and closes all of them. Garbage collection closes
 * an object only when neither it nor any of its links and maps is reachable. `close()` may be called at any time and any
 * number of times. What is open when its thread ends is closed then.
 *
 * Concurrency. One call at a time per object; different objects load and different maps read in parallel.
 */
export interface Addon {
  /** Version of the libbpf that is loaded, e.g. `1.1`. */
  libbpfVersion(): string;
  /** Whether this kernel can create a map of a type (`enum bpf_map_type`), found out by trying. */
  supportsMapType(type: number): boolean;
  /**
   * The enumerators of an enum of the running kernel, read from its BTF off the main thread (tens of milliseconds) and not kept;
   * bigints beyond 2^53. Undefined where the kernel has no such enum; those that only a module has are not found.
   * @param btfPath file with the kernel's BTF, for kernels that have none themselves
   */
  kernelEnum(name: string, btfPath?: string): Promise<[name: string, value: number | bigint][] | undefined>;
  /** Opens an object without loading it: no privilege is needed yet. */
  readonly BpfObject: new (
    source: string | Uint8Array,
    options?: ObjectOptions,
  ) => BpfObject;
  /** Turns on the kernel's run statistics for as long as the handle is open (kernel 5.8; needs CAP_SYS_ADMIN). */
  readonly RunStatistics: new () => RunStatistics;
}

/** What an operation refused by the kernel or libbpf throws. */
export interface NativeError extends Error {
  /** Positive errno, or a number of libbpf's own from 4000 on. */
  readonly errno: number;
  /** Its name, e.g. `EPERM`; `ENOTSUPP` for the kernel's 524; `LIBBPF_FORMAT` and the like for libbpf's own. */
  readonly code: string;
  /** What was being done, e.g. `load object`, `attach program`. */
  readonly operation: string;
  /** What libbpf and the verifier said during this operation; may be empty. */
  readonly log: string;
}

/** Whether something thrown is a `NativeError`. */
export function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && 'errno' in error && 'operation' in error && 'log' in error;
}

export interface ObjectOptions {
  /** Name of the object, `[A-Za-z0-9_]`; needed for bytes, taken from the file name for a path. */
  readonly name?: string;
  /** File with the kernel's BTF, for kernels that have none themselves. Read by `load()`. */
  readonly btfPath?: string;
}

export interface ProgramDescription {
  /** Name of the C function. */
  readonly name: string;
  /** ELF section, e.g. `tp_btf/sys_enter`. */
  readonly section: string;
  /** `enum bpf_prog_type`, and libbpf's word for it, e.g. `tracing`. */
  readonly type: number;
  readonly typeName: string;
  readonly autoload: boolean;
}

export interface MapDescription {
  /** libbpf's name; for global variables e.g. `syscalls.rodata`. */
  readonly name: string;
  /** For maps of global variables their ELF section, e.g. `.rodata`, `.bss`, `.data.shared`; otherwise undefined. */
  readonly section: string | undefined;
  /** `enum bpf_map_type`, and libbpf's word for it, e.g. `percpu_hash`. */
  readonly type: number;
  readonly typeName: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*` flags. */
  readonly flags: number;
  /** BTF type ids in `BpfObject.btf()`; 0 when unknown. */
  readonly keyTypeId: number;
  readonly valueTypeId: number;
  /** Whether libbpf made it from global variables. */
  readonly internal: boolean;
  readonly autocreate: boolean;
}

/** What the kernel counted for a loaded program. Fields that this kernel does not report are undefined. */
export interface ProgramInfo {
  /** Run time and number of runs while run statistics were on. */
  readonly runTimeNs: number | undefined;
  readonly runCount: number | undefined;
  /** Runs that were skipped because the program was already running on that CPU. */
  readonly recursionMisses: number | undefined;
}

/** Which perf event a program of type perf_event samples on: numbers of `struct perf_event_attr`. */
export interface PerfEvent {
  /** `PERF_TYPE_*`. */
  readonly type: number;
  /** `PERF_COUNT_*` of that type. */
  readonly config: number;
  /** Samples per second; exactly one of `frequency` and `period` is given. */
  readonly frequency?: number;
  /** Events per sample. */
  readonly period?: number;
}

export interface BpfObject {
  readonly name: string;
  /** `open` → `loading` → `loaded` or `failed`; `closed` from any of them. */
  readonly state: 'open' | 'loading' | 'loaded' | 'failed' | 'closed';
  /** A copy of the object's BTF, sizes and offsets of global variables filled in; undefined when it has none. */
  btf(): Uint8Array | undefined;
  programs(): ProgramDescription[];
  maps(): MapDescription[];

  // Before load(). Maps are named by `name` or `section`.
  setAutoload(program: string, autoload: boolean): void;
  setAutocreate(map: string, autocreate: boolean): void;
  setMaxEntries(map: string, maxEntries: number): void;
  /** Writes into the initial value of a map of global variables (`.rodata`, `.data`, `.bss`). */
  setInitialValue(map: string, offset: number, bytes: Uint8Array): void;

  /** Creates maps and loads programs, off the main thread. May be called once. */
  load(): Promise<void>;

  // After load().
  /** Attaches a program to what its section names. */
  attach(program: string): Link;
  /** Attaches a program of type perf_event to one event on each CPU that is online. */
  attachPerfEvent(program: string, event: PerfEvent): Link;
  programInfo(program: string): ProgramInfo;
  /** The map of a name or section; the same handle each time. */
  map(map: string): BpfMap;

  /** What libbpf and the verifier said about this object so far, at most 4 MiB: the beginning and the end of it. */
  log(): string;
  /** Detaches, closes and frees everything. During load() it takes effect when the load ends, which then rejects with ECANCELED. */
  close(): void;
}

export interface Link {
  readonly program: string;
  readonly attached: boolean;
  /** Detaches; does nothing the second time. */
  detach(): void;
  /**
   * Runs an iterator (`SEC("iter/...")`) over all that it goes through, off the main thread; what it prints is left aside.
   * Resolves to the nanoseconds of CPU time that this took. EINVAL for other programs, EAGAIN when the program asks for
   * the same object over and over, ECANCELED when the link is detached meanwhile.
   */
  iterate(): Promise<number>;
}

export interface BpfMap {
  readonly name: string;
  readonly section: string | undefined;
  readonly id: number;
  readonly type: number;
  readonly typeName: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Values per entry: 1, or the number of possible CPUs. */
  readonly cpus: number;
  /** Bytes of an entry's values: `valueSize`, or round_up(valueSize, 8) * cpus. */
  readonly valueStride: number;
  readonly closed: boolean;
  /**
   * Reads all entries off the main thread; see `MapSnapshot`. `rows` and `values` are memory that the next snapshot
   * of this map writes again (valid until it begins, and never freed while reachable); the rest are copies. A key that
   * vanishes during the read is left out. A failed snapshot changes no row number. Finishes normally when the map is closed meanwhile.
   */
  snapshot(): Promise<MapSnapshot>;
  /** Removes a key and returns its last value(s); not atomic on kernels before 5.14 and for types without that operation. */
  lookupAndDelete(key: Uint8Array): Uint8Array | undefined;
  /**
   * Removes all entries off the main thread; of an array, whose entries cannot go, sets them to zeroes. Not atomic: what
   * comes meanwhile may stay. EBUSY during a snapshot; finishes normally when the map is closed meanwhile.
   */
  empty(): Promise<void>;
  close(): void;
}

export interface RunStatistics {
  readonly enabled: boolean;
  close(): void;
}

const builtAddon = fileURLToPath(new URL('../../build/Release/santabpf.node', import.meta.url));

/**
 * Loads the addon. Later calls return the same module.
 * @param file the built addon
 * @throws fault ADDON_MISSING when it was not built, or libbpf is not installed
 */
export function loadAddon(file: string = builtAddon): Addon {
  try {
    return createRequire(import.meta.url)(file) as Addon;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw fault('ADDON_MISSING', { path: file, reason }, { cause });
  }
}
