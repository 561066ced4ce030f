export const HOOK_KINDS = ['tracepoint', 'rawtracepoint', 'fentry', 'uprobe', 'usdt'] as const;
export type HookKind = (typeof HOOK_KINDS)[number];

/** A place that a program can be attached to. */
export interface FoundHook {
  readonly kind: HookKind;
  /** As scripts name it: `tracepoint:sched:sched_switch`, `usdt:/usr/bin/python3:python:gc__start`. */
  readonly name: string;
  /** What a program gets, as C declares it: `unsigned int fd`, `struct file *file, int datasync`. Empty: nothing is known. */
  readonly arguments: readonly string[];
  /** The result of a function, as C names its type. */
  readonly result?: string;
}

/** Hooks of one kind that match. */
export interface HookList {
  readonly kind: HookKind;
  /** How many match; `hooks` has the first of them. */
  readonly count: number;
  readonly hooks: readonly FoundHook[];
  /** Why there are none, or not all: a clause. */
  readonly lack?: string;
}
