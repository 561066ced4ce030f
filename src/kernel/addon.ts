import type { MapSnapshot } from '../maps/map_reader.js';
import type { AttachOptions, PerfEvent } from './attach_options.js';
import type { EventBuffer, EventCounter } from './event_handles.js';

/**
 * The types of the native addon over libbpf. The addon has no policy: it does what the caller asks for, or throws.
 *
 * Errors. An operation that the kernel or libbpf refuses throws a `NativeError`, or rejects with one. Its errno is EBADF for a
 * closed handle, EBUSY for a busy one (an object that loads, a map that is read or emptied), EINVAL for a call in the
 * wrong state and ENOENT for an unknown name. An argument of the wrong type throws a TypeError, one of the wrong size or
 * range a RangeError. Nothing aborts the process.
 *
 * Ownership. A `BpfObject` owns its links and maps: `close()` detaches and closes all of them. Garbage collection closes
 * an object once neither it nor any of its links and maps is reachable. `close()` may be called at any time and any
 * number of times. The end of a thread closes everything that the thread left open.
 *
 * Concurrency. One call at a time per object. Different objects load in parallel, and so do reads of different maps. Reads and
 * iterators run on threads of the addon (`native/reading_threads.h`), everything else on those of libuv.
 */
export interface Addon {
  /** Version of the libbpf that is loaded, e.g. `1.1`. */
  libbpfVersion(): string;
  /** Whether this kernel can create a map of a type (`enum bpf_map_type`). Tries it. */
  supportsMapType(type: number): boolean;
  /**
   * The enumerators of an enum of the running kernel; values beyond 2^53 are bigints. Undefined if the kernel itself has
   * no such enum: modules are not searched. Reads the kernel's BTF anew, off the main thread (tens of milliseconds).
   * @param btfPath file with the kernel's BTF, for kernels without BTF of their own
   */
  kernelEnum(name: string, btfPath?: string): Promise<[name: string, value: number | bigint][] | undefined>;
  /**
   * What the kernel spends to reach one more program at the end of a system call, in nanoseconds, without what run statistics
   * count as the program's run time. Makes 20,000 system calls off the main thread, which take some 10 ms of CPU time, and
   * attaches an empty program meanwhile. Needs the privilege to load programs.
   */
  hookCost(): Promise<number>;
  /**
   * Has the kernel end this process: with SIGKILL when the thread that started it ends, and with SIGPROF after so many seconds
   * of its CPU time from now on (0: never). It leaves no core file.
   */
  boundProcess(cpuSeconds: number): void;
  /** Returns the memory that malloc holds but nothing uses to the system. Takes up to a millisecond. */
  returnFreeMemory(): void;
  /**
   * A file as a string of Latin-1, or as bytes, that take no memory of this process: the kernel reads pages when they are needed.
   * Writing to the bytes does not change the file. The file must not be written to meanwhile; it may be replaced.
   */
  mappedText(path: string): string;
  mappedBytes(path: string): Uint8Array;
  /**
   * Reads a file of raw BTF in this machine's byte order, such as /sys/kernel/btf/vmlinux, and finds where its types are.
   * Its bytes must not be written to: that may end the process.
   */
  readTypes(path: string): TypeFile;
  /** Opens an object without loading it. Needs no privilege. */
  readonly BpfObject: new (
    source: string | Uint8Array,
    options?: ObjectOptions,
  ) => BpfObject;
  /**
   * Reads a ring buffer on a thread of its own, from now on until it is closed. `onRecords` gets copies of records in their order, in
   * batches of some 128 KiB, with a pause of 50 ms after each; see `recordsOf`. While it is not called, the ring buffer fills. It does
   * not keep the process alive. EINVAL for other types of maps.
   */
  readonly EventBuffer: new (
    map: BpfMap,
    onRecords: (batch: Buffer) => void,
  ) => EventBuffer;
  /**
   * Counts the records of a ring buffer or perf buffer on a thread of its own, until it is closed. Memory does not grow with their
   * number. EINVAL for other types of maps. A RangeError if the plan is none.
   * @param plan of all streams; `planWords` makes it
   * @param pages of a perf buffer on each CPU, a power of two
   */
  readonly EventCounter: new (
    map: BpfMap,
    plan: BigUint64Array,
    pages: number,
  ) => EventCounter;
  /** Begins a gzip stream. */
  readonly GzipWriter: new () => GzipWriter;
  /** Turns on the kernel's run statistics while the handle is open. Needs Linux 5.8 and CAP_SYS_ADMIN. */
  readonly RunStatistics: new () => RunStatistics;
}

/** Thrown when the kernel or libbpf refuses an operation. */
export interface NativeError extends Error {
  /** A positive errno, or one of libbpf's own error numbers, which start at 4000. */
  readonly errno: number;
  /** The name of `errno`: `EPERM`, `ENOTSUPP` (the kernel's 524), or libbpf's `LIBBPF_FORMAT` and so on. */
  readonly code: string;
  /** The operation that failed, e.g. `load object`, `attach program`. */
  readonly operation: string;
  /** Messages of libbpf and the verifier during this operation; may be empty. */
  readonly log: string;
}

/** Whether a thrown value is a `NativeError`. */
export function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && 'errno' in error && 'operation' in error && 'log' in error;
}

/** By the ids of types: their places in a file, in words of four bytes, and the offsets of their names in its strings. */
export interface TypeFile {
  readonly bytes: Uint8Array;
  /** Undefined if a type is not whole, or of an unknown kind. */
  readonly starts?: Uint32Array;
  readonly names?: Uint32Array;
}

export interface ObjectOptions {
  /** Name of the object, `[A-Za-z0-9_]`. Required for bytes; a path gives its file name by default. */
  readonly name?: string;
  /** File with the kernel's BTF, for kernels without BTF of their own. Read by `load()`. */
  readonly btfPath?: string;
}

export interface ProgramDescription {
  /** Name of the C function. */
  readonly name: string;
  /** ELF section, e.g. `tp_btf/sys_enter`. */
  readonly section: string;
  /** `enum bpf_prog_type`, and libbpf's name for it, e.g. `tracing`. */
  readonly type: number;
  readonly typeName: string;
  readonly autoload: boolean;
}

export interface MapDescription {
  /** libbpf's name; for global variables e.g. `syscalls.rodata`. */
  readonly name: string;
  /** ELF section of a map of global variables, e.g. `.rodata`, `.bss`, `.data.shared`; undefined for other maps. */
  readonly section: string | undefined;
  /** `enum bpf_map_type`, and libbpf's name for it, e.g. `percpu_hash`. */
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
  /** Whether libbpf created it for global variables. */
  readonly internal: boolean;
  readonly autocreate: boolean;
}

/** What the kernel counted for a loaded program. Fields that this kernel does not report are undefined. */
export interface ProgramInfo {
  /** The number of the program in the kernel, which no other has while it is loaded. */
  readonly id: number;
  /** A hash of its instructions: 16 hexadecimal digits. */
  readonly tag: string;
  /** Run time and number of runs while run statistics were on. */
  readonly runTimeNs: number | undefined;
  readonly runCount: number | undefined;
  /** Runs that the kernel skipped; see missed_runs.ts for what it counts. */
  readonly recursionMisses: number | undefined;
}

export interface BpfObject {
  readonly name: string;
  /** `open` → `loading` → `loaded` or `failed`; `closed` from any of them. */
  readonly state: 'open' | 'loading' | 'loaded' | 'failed' | 'closed';
  /** A copy of the object's BTF with the sizes and offsets of global variables filled in; undefined if it has none. */
  btf(): Uint8Array | undefined;
  programs(): ProgramDescription[];
  maps(): MapDescription[];

  // Before load(). Maps are named by `name` or `section`.
  setAutoload(program: string, autoload: boolean): void;
  /** Gives a program a type and attach type (`enum bpf_prog_type`, `enum bpf_attach_type`) in place of those of its section. */
  setProgramType(program: string, type: number, attachType: number): void;
  /** Names the kernel function or tracepoint of a `tp_btf`, `fentry`, `fexit` or `fmod_ret` program in place of that of its section. */
  setAttachTarget(program: string, target: string): void;
  setAutocreate(map: string, autocreate: boolean): void;
  setMaxEntries(map: string, maxEntries: number): void;
  /**
   * Makes the keys of a map shorter: programs then use the first bytes of theirs. The kernel does not get to know the types of the map.
   * Keys without a type may get any size.
   */
  setKeySize(map: string, keySize: number): void;
  /** For maps whose values have no type. */
  setValueSize(map: string, valueSize: number): void;
  /** A map that is pinned at this path is used by the load, and otherwise the new one is pinned there. It stays pinned after `close()`. */
  setPinPath(map: string, path: string): void;
  /** A copy of the initial value of a map of global variables. */
  initialValue(map: string): Uint8Array;
  /** Writes into the initial value of a map of global variables (`.rodata`, `.data`, `.bss`). */
  setInitialValue(map: string, offset: number, bytes: Uint8Array): void;

  /**
   * Takes a map of another object in place of this object's own, which has the same type and sizes of key and value. It stays
   * when the other object is closed.
   */
  reuseMap(name: string, map: BpfMap): void;

  /** Creates the maps and loads the programs, off the main thread. May be called once. */
  load(): Promise<void>;

  // After load().
  /**
   * Attaches a program to the hook that its section names, or to another one. A program in section `syscall` has none: `Link.iterate()`
   * runs it.
   */
  attach(program: string, options?: AttachOptions): Link;
  /** Attaches a perf_event program to one event on every online CPU. */
  attachPerfEvent(program: string, event: PerfEvent): Link;
  /** Puts a program into a map of programs (`prog_array`), for tail calls. The map keeps it until the entry is deleted. */
  setTailCall(program: string, map: BpfMap, index: number): void;
  programInfo(program: string): ProgramInfo;
  /** The map with a name or section. Returns the same handle each time. */
  map(map: string): BpfMap;

  /** Messages of libbpf and the verifier about this object so far: at most 4 MiB, with the middle left out. */
  log(): string;
  /** Detaches, closes and frees everything. During load() it takes effect at the end of the load, which rejects with ECANCELED. */
  close(): void;
}

export interface Link {
  readonly program: string;
  readonly attached: boolean;
  /** Detaches; does nothing the second time. */
  detach(): void;
  /**
   * Samples the perf event on a CPU, unless that is so already. Events end when their CPU goes offline: call it for CPUs that may
   * have come back. It interrupts the CPU for a moment.
   * @returns whether the event was opened. @throws NativeError: ENODEV if the CPU is offline, EINVAL for other programs
   */
  ensureCpu(cpu: number): boolean;
  /**
   * Runs an iterator (`SEC("iter/...")`) or a program without a hook (`SEC("syscall")`) to its end, off the main thread, and discards
   * its output. Resolves to the CPU time of the run, in nanoseconds. EINVAL for other programs, EAGAIN if an iterator asks for the
   * same object again and again, ECANCELED if its link is detached meanwhile, and the errno that a `syscall` program returns as a
   * negative number. Neither `detach()` nor the end of the process waits for the run.
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
   * Reads all entries off the main thread; see `MapSnapshot`. The next snapshot of this map overwrites `rows` and `values`
   * (they are never freed while reachable); the other arrays are copies. A key that vanishes during the read is left
   * out. A failed snapshot changes no row number. A snapshot finishes normally if the map is closed meanwhile.
   */
  snapshot(): Promise<MapSnapshot>;
  /** The value(s) of a key, read on this thread. */
  lookup(key: Uint8Array): Uint8Array | undefined;
  /** Removes a key and returns its last value(s). Not atomic before Linux 5.14, nor for types without this operation. */
  lookupAndDelete(key: Uint8Array): Uint8Array | undefined;
  /** Sets the value(s) of a key, `valueStride` bytes. */
  update(key: Uint8Array, value: Uint8Array): void;
  /** Removes a key, if it is there. EINVAL for arrays of values. */
  delete(key: Uint8Array): void;
  /**
   * Removes all entries of a hash, or zeroes all entries of an array, off the main thread. Not atomic: an entry that is
   * added meanwhile may stay. EBUSY during a snapshot. Finishes normally if the map is closed meanwhile.
   */
  empty(): Promise<void>;
  /**
   * The entries of all maps in this map of maps, which have the type (`enum bpf_map_type`) and the sizes. EINVAL for other maps. Closing
   * this map leaves them open; closing the object closes them.
   */
  innerEntries(type: number, keySize: number, valueSize: number): InnerMaps;
  close(): void;
}

/** The entries of all maps in a map of maps. */
export interface InnerMaps {
  /** Bytes of the key of an inner map, the key of the outer map, and the id of the inner map (4 bytes), in this order. */
  readonly keySize: number;
  readonly valueSize: number;
  /** Most entries of all inner maps together that a snapshot can have. */
  readonly maxEntries: number;
  readonly cpus: number;
  readonly valueStride: number;
  /**
   * As `BpfMap.snapshot`, of all maps that are in the outer map now. E2BIG if these are more than 1024, or their entries more than
   * `maxEntries`.
   */
  snapshot(): Promise<MapSnapshot>;
}

/**
 * Compresses one gzip stream on this thread, at about 1.5 ms per megabyte of metrics. The stream copies what it needs of a chunk.
 * Calls after the end throw EBADF.
 */
export interface GzipWriter {
  /** @returns compressed bytes once there are 32 KiB of them, otherwise undefined: the next call returns them, too */
  add(chunk: Uint8Array): Buffer | undefined;
  /** Ends the stream. @returns the rest of it */
  end(): Buffer;
}

export interface RunStatistics {
  readonly enabled: boolean;
  close(): void;
}
