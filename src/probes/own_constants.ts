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
  /** CLOCK_MONOTONIC in nanoseconds: the `elapsed` of a script counts from there. */
  readonly nanoseconds_at_load: bigint;
  /** The v1 hierarchy that names tasks outside of all v2 cgroups: `enum cgroup_hierarchy` of bpf/include/identity.h. */
  readonly identity_hierarchy: string;
}

/** The values of the own constants on this host. */
export function ownConstants({ addon, host }: KernelContext): OwnConstants {
  return {
    has_task_storage: addon.supportsMapType(TASK_STORAGE),
    exporter_pid: host.pid,
    exporter_pid_namespace: host.pidNamespace,
    page_bytes: host.pageBytes,
    nanoseconds_at_load: process.hrtime.bigint(),
    identity_hierarchy: `${host.cgroupController ?? 'no'}_hierarchy`,
  };
}
