import type { Addon } from './addon.js';
import type { Host } from './host.js';

/** What every load of an object needs. */
export interface KernelContext {
  readonly addon: Addon;
  readonly host: Host;
  /** File with the kernel's BTF; undefined if libbpf is to find it. */
  readonly btfPath: string | undefined;
  /** Receives the whole log of libbpf and the verifier after a failed load. */
  onLog(probe: string, log: string): void;
}
