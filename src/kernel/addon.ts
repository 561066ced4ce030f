import type { EventBuffer, EventCounter } from './event_handles.js';
import type { BpfMap } from './map_handles.js';
import type { BpfObject, ObjectOptions } from './object_handles.js';

export type { BpfMap, InnerMaps } from './map_handles.js';
export type {
  BpfObject,
  Link,
  MapDescription,
  ObjectOptions,
  ProgramDescription,
  ProgramInfo,
} from './object_handles.js';

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
  /** The file of the addon, which has the function `post_attach_mark`; see `attach_mark.ts`. */
  attachMarkFile(): string;
  /** Calls that function, which does nothing itself. */
  callAttachMark(): void;
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
