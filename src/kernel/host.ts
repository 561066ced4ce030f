import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type V1Hierarchy, v1Hierarchy } from '../cgroups/hierarchies.js';
import { fault, type SantaError } from '../errors/fault.js';
import { parseCpuList } from './cpu_watch.js';

const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/** linux/auxvec.h: the entry of the auxiliary vector with the page size. */
const AT_PAGESZ = 6n;
const USUAL_PAGE_BYTES = 4096;

/** PROC_PID_INIT_INO of linux/proc_ns.h: the inode of the host's PID namespace. */
const HOST_PID_NAMESPACE = 0xeffffffc;

/** Folders of procfs and sysfs. */
export interface HostRoots {
  readonly proc: string;
  readonly sys: string;
}

/** What this host offers to BPF programs, read once at start. */
export interface Host {
  readonly kernelRelease: string;
  /** Process id of the exporter, and the inode of the PID namespace that the id belongs to. */
  readonly pid: number;
  readonly pidNamespace: number;
  /** Size of a memory page. */
  readonly pageBytes: number;
  /** CPUs that this kernel could ever have, online or not. Per-CPU maps have values for all of them. */
  readonly possibleCpus: number;
  /** Whether this process may load and attach programs: CAP_SYS_ADMIN, or CAP_BPF with CAP_PERFMON. */
  readonly privileged: boolean;
  /** Whether this process may read the BTF of kernel modules: CAP_SYS_ADMIN. */
  readonly seesModules: boolean;
  /** The file with the kernel's BTF. Programs that are attached by a kernel type need it in its usual place. */
  readonly btf: { readonly file: string; readonly isUsual: boolean } | undefined;
  /** Whether tracefs is mounted where libbpf looks for it. Classic tracepoints need it. */
  readonly hasTracefs: boolean;
  /** A controller of the cgroup v1 hierarchy that names tasks outside of all v2 cgroups; undefined if all controllers are in v2. */
  readonly cgroupController: V1Hierarchy['controller'] | undefined;
  /** Whether kernel lockdown is in the mode `confidentiality`, in which programs cannot read kernel memory. */
  readonly isConfidential: boolean;
}

/**
 * Reads what this host offers. A missing file counts as "not offered" and is no error.
 * @param roots procfs and sysfs of this process: libbpf looks there whatever the flags say
 * @param hostSys sysfs of the host, if a container mounts it elsewhere
 */
export function inspectHost(roots: HostRoots, hostSys: string = roots.sys): Host {
  const status = readText(join(roots.proc, 'self/status'));
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (capability: bigint): boolean => ((mask >> capability) & 1n) === 1n;
  return {
    kernelRelease: readText(join(roots.proc, 'sys/kernel/osrelease')).trim() || 'unknown',
    pid: process.pid,
    pidNamespace: readPidNamespace(roots),
    pageBytes: readPageBytes(roots),
    possibleCpus: parseCpuList(readText(join(roots.sys, 'devices/system/cpu/possible'))).length || 1,
    privileged: has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON)),
    seesModules: has(CAP_SYS_ADMIN),
    btf: [roots.sys, hostSys]
      .map((sys) => ({ file: join(sys, 'kernel/btf/vmlinux'), isUsual: sys === roots.sys }))
      .find(({ file }) => existsSync(file)),
    hasTracefs: ['kernel/tracing/events', 'kernel/debug/tracing/events'].some((path) =>
      existsSync(join(roots.sys, path)),
    ),
    cgroupController: v1Hierarchy(roots.proc)?.controller,
    isConfidential: [roots.sys, hostSys].some((sys) =>
      readText(join(sys, 'kernel/security/lockdown')).includes('[confidentiality]'),
    ),
  };
}

/**
 * The BTF file to hand to libbpf; undefined if libbpf is to find the kernel's BTF. In that case libbpf also searches the
 * modules for a type that the kernel lacks. Without CAP_SYS_ADMIN that search makes the whole load fail.
 * @param given BTF file given by the user
 */
export function btfToUse({ btf, seesModules }: Host, given: string | undefined): string | undefined {
  return given ?? (btf?.isUsual && seesModules ? undefined : btf?.file);
}

/** Whether task iterators see all tasks of the host. The kernel shows them only the tasks in the PID namespace of the reader. */
export function seesAllTasks({ pidNamespace }: Host): boolean {
  return pidNamespace === 0 || pidNamespace === HOST_PID_NAMESPACE;
}

/**
 * Why this host can run no BPF program at all.
 * @param btfPath BTF file given by the user in place of the kernel's own
 * @returns undefined if it can run some
 */
export function unsuitability(host: Host, btfPath?: string): SantaError | undefined {
  if (!host.privileged) {
    return fault('KERNEL_NO_PRIVILEGE', { release: host.kernelRelease });
  }
  if (host.btf === undefined && btfPath === undefined) {
    return fault('KERNEL_NO_BTF', { release: host.kernelRelease });
  }
  return undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The auxiliary vector has pairs of numbers, in the word size and byte order of the machine. */
function readPageBytes(roots: HostRoots): number {
  let vector: Buffer;
  try {
    vector = readFileSync(join(roots.proc, 'self/auxv'));
  } catch {
    return USUAL_PAGE_BYTES;
  }
  const words = new BigUint64Array(vector.buffer.slice(vector.byteOffset, vector.byteOffset + (vector.length & ~15)));
  const at = words.findIndex((word, index) => index % 2 === 0 && word === AT_PAGESZ);
  return at < 0 ? USUAL_PAGE_BYTES : Number(words[at + 1]);
}

/** 0 if the namespace cannot be read. */
function readPidNamespace(roots: HostRoots): number {
  try {
    return Number(/^pid:\[(\d+)\]$/.exec(readlinkSync(join(roots.proc, 'self/ns/pid')))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
