import type { Addon } from './addon.js';
import type { HandlerCaller } from './handlers.js';
import type { Host } from './host.js';

/** What every load of an object needs. */
export interface KernelContext {
  readonly addon: Addon;
  readonly host: Host;
  /** File with the kernel's BTF; undefined if libbpf is to find it. */
  readonly btfPath: string | undefined;
  /** The procfs of the host; this process's own if undefined. */
  readonly proc?: string | undefined;
  /** What calls handlers, by the name of the hook; undefined where no object has any. */
  readonly handlerCallers?: ReadonlyMap<string, HandlerCaller>;
  /** Receives the whole log of libbpf and the verifier after a failed load. */
  onLog(probe: string, log: string): void;
}
