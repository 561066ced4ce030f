import type { CType, RecordType } from './c_type.js';

/** The providers, by their long names. */
export type Provider =
  | 'tracepoint'
  | 'rawtracepoint'
  | 'kprobe'
  | 'kretprobe'
  | 'fentry'
  | 'fexit'
  | 'uprobe'
  | 'uretprobe'
  | 'usdt'
  | 'profile'
  | 'interval'
  | 'software'
  | 'hardware'
  | 'begin'
  | 'iter'
  | 'end';

/** Where one program is attached, and what it gets. */
export interface Hook {
  readonly provider: Provider;
  /** The attach point with its long name and without wildcards: what `probe` shows. */
  readonly text: string;
  /** The ELF section of the program. */
  readonly section: string;
  /** What the section does not say: an entry of `programs.attach`. */
  readonly attach?: Readonly<Record<string, unknown>>;
  /** The function, where it is known: what `func` shows. */
  readonly function?: string;
  /** Of a uprobe or USDT probe: the program or library, and where in it. */
  readonly code?: UserCode;
  readonly context: HookContext;
}

export interface UserCode {
  /** As written: a path, or the name of a library. */
  readonly target: string;
  /** Undefined: `offset` is from the start of the file. Without both, the place is not known. */
  readonly symbol?: string;
  readonly offset?: number;
}

export type HookContext =
  | { readonly kind: 'none' }
  /** The context is this record. */
  | { readonly kind: 'record'; readonly record: RecordType }
  /** The context is an array of words: the arguments, and after them the result. */
  | { readonly kind: 'words'; readonly parameters: readonly HookParameter[]; readonly result?: CType }
  /** `struct pt_regs`, of the kernel or of a process. */
  | { readonly kind: 'registers'; readonly space: 'kernel' | 'user' }
  /** The context is this record, whose pointers are null after the last element. */
  | { readonly kind: 'iterator'; readonly record: RecordType }
  /** `struct bpf_perf_event_data`, which begins with registers. */
  | { readonly kind: 'perf event' };

export interface HookParameter {
  /** Empty: it has none. */
  readonly name: string;
  readonly type: CType;
}
