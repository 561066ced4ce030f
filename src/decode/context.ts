import type { Integer } from './integer.js';

/** What decoders may know of the machine. One context is shared by all probes: tables are kept once per context. */
export interface DecodeContext {
  /** Where `/proc`, `/sys` and `/etc` of the host are; a container may have them elsewhere. */
  readonly roots: { readonly proc: string; readonly sys: string; readonly etc: string };
  /** Node's word for the machine (`process.arch`): system call numbers depend on it. */
  readonly arch: string;
  /**
   * The enumerators of an enum of the running kernel, in its order; undefined where the kernel has no such enum, or its types
   * cannot be read. Never rejects. Each call reads them anew.
   */
  kernelEnum(name: string): Promise<readonly (readonly [name: string, value: Integer])[] | undefined>;
  /** Milliseconds; never goes back. */
  now(): number;
  /** Calls back after some milliseconds, without keeping the process alive for it. */
  later(milliseconds: number, callback: () => void): void;
}
