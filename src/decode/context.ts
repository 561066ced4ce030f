import type { Integer } from './integer.js';

/** Addresses in a process, innermost first. All but the first are those that calls return to. */
export interface UserStack {
  readonly pid: number;
  readonly addresses: readonly bigint[];
}

/** What decoders know of the machine. All probes share one context: tables are kept once per context. */
export interface DecodeContext {
  /** Paths of the host's `/`, `/proc`, `/sys` and `/etc`, which a container may mount elsewhere. */
  readonly roots: { readonly root: string; readonly proc: string; readonly sys: string; readonly etc: string };
  /** Node's name of the architecture (`process.arch`): system call numbers depend on it. */
  readonly arch: string;
  /**
   * The enumerators of an enum of the running kernel, in its order; undefined when the kernel has no such enum or its BTF
   * cannot be read. Never rejects. Each call reads the BTF again.
   */
  kernelEnum(name: string): Promise<readonly (readonly [name: string, value: Integer])[] | undefined>;
  /**
   * The functions of user addresses in running processes, of each stack innermost first. Never rejects: what has no name is shown as its
   * module and offset, or as `[unknown]`.
   */
  userFunctions(stacks: readonly UserStack[]): Promise<readonly (readonly string[])[]>;
  /** A monotonic clock in milliseconds. */
  now(): number;
  /** Calls back after some milliseconds. The timer does not keep the process alive. */
  later(milliseconds: number, callback: () => void): void;
}
