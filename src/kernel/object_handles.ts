import type { AttachOptions, PerfEvent } from './attach_options.js';
import type { BpfMap } from './map_handles.js';

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
  /**
   * Gives a program a type and attach type (`enum bpf_prog_type`, `enum bpf_attach_type`) in place of those of its section, and says
   * whether it may sleep.
   */
  setProgramType(program: string, type: number, attachType: number, isSleepable: boolean): void;
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
