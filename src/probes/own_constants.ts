import type { KernelContext } from '../kernel/kernel_context.js';
import { TASK_STORAGE } from '../maps/map_kind.js';

/** Constants that the loader sets in every program that declares them. bpf/include says what they are for. */
export interface OwnConstants {
  /** Whether the kernel has maps of values that belong to a task. */
  readonly has_task_storage: boolean;
  readonly exporter_pid: number;
  /** Inode of the PID namespace that `exporter_pid` belongs to. */
  readonly exporter_pid_namespace: number;
  /** Size of a memory page. */
  readonly page_bytes: number;
}

/** The values of the own constants on this host. */
export function ownConstants({ addon, host }: KernelContext): OwnConstants {
  return {
    has_task_storage: addon.supportsMapType(TASK_STORAGE),
    exporter_pid: host.pid,
    exporter_pid_namespace: host.pidNamespace,
    page_bytes: host.pageBytes,
  };
}
