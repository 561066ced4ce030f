import type { PerfEventName } from './perf_events.js';
import type { HookName } from './shared_hooks.js';

/** What to load of an object, and how. All programs and maps are named as in the object. */
export interface LoadRequest {
  readonly probe: string;
  /** Path of the object file. */
  readonly object: string;
  /** Lists of programs. The first program of each list that this kernel takes is used. */
  readonly alternatives: readonly (readonly string[])[];
  /** Programs that are left out if this kernel lacks their hook. */
  readonly optional?: readonly string[] | undefined;
  /** By program: its twin, which counts the events that the kernel skipped the program for. Loaded only together with it. */
  readonly nested?: Readonly<Record<string, string>> | undefined;
  /** By program: what its section does not say about its hook. */
  readonly attach?: Readonly<Record<string, AttachRequest>> | undefined;
  /** Iterators in the order of their runs. Iterators of the object that are not listed run after them. */
  readonly iterators: readonly IteratorRequest[];
  /** Map sizes that replace the sizes in the object. */
  readonly maxEntries: Readonly<Record<string, number>>;
  /** Bytes of the keys of maps whose keys are shorter than in the object, or have no size there. */
  readonly keySizes?: Readonly<Record<string, number>>;
  /** Bytes of the values of maps that have no type in the object. */
  readonly valueSizes?: Readonly<Record<string, number>>;
  /** Paths in the BPF file system, by map. A map that is pinned there is used, and otherwise the new one is pinned. */
  readonly pins?: Readonly<Record<string, string>>;
  /** Entries that maps get before programs are attached. */
  readonly fills?: readonly MapFill[];
  /** Programs that another program calls; see bpf/include/handlers.h. */
  readonly handlers?: readonly HandlerRequest[];
  /** Initial values of `const volatile` variables. */
  readonly constants: readonly InitialValue[];
}

/** Where a program is attached, and as what. What is left out is in its section. See docs/hooks.md. */
export interface AttachRequest {
  /** The program is not loaded. */
  readonly skip?: true | undefined;
  /** The name of a `Kind`, in place of what libbpf takes the section for. */
  readonly type?: string | undefined;
  readonly function?: string | undefined;
  /** A pattern with `*` and `?`. */
  readonly functions?: string | undefined;
  readonly syscall?: string | undefined;
  /** An absolute path. */
  readonly binary?: string | undefined;
  /** A name for which the dynamic linker would find a file. */
  readonly library?: string | undefined;
  readonly symbol?: string | undefined;
  /** A pattern with `*` and `?`. */
  readonly symbols?: string | undefined;
  /** In the file, or from the symbol. */
  readonly offset?: number | undefined;
  readonly provider?: string | undefined;
  readonly probe?: string | undefined;
  readonly pid?: number | undefined;
  /** The file is looked up where these processes see it, while they run. Exactly one is given. */
  readonly in?: { readonly command?: string | undefined; readonly pid?: number | undefined } | undefined;
  /** Sampled on every CPU. */
  readonly event?: PerfEventName | undefined;
  /** Samples per second and CPU. Either `frequency` or `period` is given. */
  readonly frequency?: number | undefined;
  /** Events per sample. */
  readonly period?: number | undefined;
  /** Names, or patterns with `*` and `?`. */
  readonly interfaces?: readonly string[] | undefined;
  readonly mode?: 'native' | 'generic' | undefined;
  readonly direction?: 'ingress' | 'egress' | undefined;
  readonly cgroup?: string | undefined;
  /** A map of sockets. */
  readonly map?: string | undefined;
}

export type AttachSetting = Exclude<keyof AttachRequest, 'skip' | 'type'>;

export interface IteratorRequest {
  readonly program: string;
  /** Maps that only iterators write, with their overflow companions. They are cleared before the iterator runs. */
  readonly fills: readonly string[];
  /** The map whose entries an iterator `iter/bpf_map_elem` visits. */
  readonly over?: string | undefined;
  /** Runs beside the scrapes, at the start and rarely after it: see `BackgroundIterator`. Fills nothing. */
  readonly background?: boolean | undefined;
}

/** A handler, in three variants: for each of the programs that can call it. */
export interface HandlerRequest {
  /** The hook whose program calls it. */
  readonly hook: HookName;
  /** The variant for the first of them. The names of the others have a suffix. */
  readonly program: string;
  /** Where its place is written before the load: 4 bytes. */
  readonly place: { readonly map: string; readonly offset: number };
  /** Which events it wants, by kind: a bit for each result. Of system calls bit 0 for those that succeeded, bit 1 for those that failed. */
  readonly wants: Uint8Array;
}

/** Entries of one map. */
export interface MapFill {
  readonly map: string;
  readonly entries: readonly MapEntry[];
  /** For a map of programs: the program for each index. These programs are not attached. */
  readonly programs: readonly { readonly index: number; readonly program: string }[];
}

export interface MapEntry {
  readonly key: Uint8Array;
  /** One value, which all CPUs get. */
  readonly value: Uint8Array;
  /** As the probe file says it. */
  readonly shown: string;
}

/** Bytes that are written into a map of global variables before the load. */
export interface InitialValue {
  readonly map: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}
