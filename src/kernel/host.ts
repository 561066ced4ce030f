import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fault, type SantaError } from '../errors/fault.js';

const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/** Of linux/auxvec.h: the entry of the auxiliary vector with the size of a page. */
const AT_PAGESZ = 6n;
const USUAL_PAGE_BYTES = 4096;

/** Of linux/proc_ns.h: the inode of the namespace that the kernel starts with (PROC_PID_INIT_INO). */
const HOST_PID_NAMESPACE = 0xeffffffc;

/** Where procfs and sysfs are; tests hand in others than `/proc` and `/sys`. */
export interface HostRoots {
  readonly proc: string;
  readonly sys: string;
}

/** What this host offers to BPF programs, read once at start. */
export interface Host {
  readonly kernelRelease: string;
  /** The exporter's own process id, and the inode of the namespace in which it has that. */
  readonly pid: number;
  readonly pidNamespace: number;
  /** Size of a page of memory. */
  readonly pageBytes: number;
  /** May load and attach programs: CAP_SYS_ADMIN, or CAP_BPF with CAP_PERFMON. */
  readonly privileged: boolean;
  /** May list the type information of kernel modules: CAP_SYS_ADMIN. */
  readonly seesModules: boolean;
  /** Where the kernel's type information is. Only at its usual place libbpf finds it for programs that name a type of the kernel. */
  readonly btf: { readonly file: string; readonly isUsual: boolean } | undefined;
  /** Classic tracepoints need tracefs; libbpf looks at `/sys/kernel/tracing` and below debugfs. */
  readonly hasTracefs: boolean;
}

/**
 * Reads what this host offers. Missing files count as "not offered", never as an error.
 * @param roots the process's own, for what concerns itself, and what libbpf looks for in places that cannot be changed
 * @param hostSys sysfs of the host where that is another, as for a container that has none of its own
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
    privileged: has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON)),
    seesModules: has(CAP_SYS_ADMIN),
    btf: [roots.sys, hostSys]
      .map((sys) => ({ file: join(sys, 'kernel/btf/vmlinux'), isUsual: sys === roots.sys }))
      .find(({ file }) => existsSync(file)),
    hasTracefs: ['kernel/tracing/events', 'kernel/debug/tracing/events'].some((path) =>
      existsSync(join(roots.sys, path)),
    ),
  };
}

/**
 * The BTF file to hand to libbpf, or undefined where it finds the kernel's own by itself. Left to itself, libbpf looks in
 * the kernel's modules for a type that the kernel lacks, which without CAP_SYS_ADMIN fails the load of the whole object.
 * @param given BTF file given by the user
 */
export function btfToUse({ btf, seesModules }: Host, given: string | undefined): string | undefined {
  return given ?? (btf?.isUsual && seesModules ? undefined : btf?.file);
}

/** Whether iterators over tasks go through those of the whole host: the kernel lists only those of the reader's namespace. */
export function seesAllTasks({ pidNamespace }: Host): boolean {
  return pidNamespace === 0 || pidNamespace === HOST_PID_NAMESPACE;
}

/**
 * The one sentence a person reads first on a host that cannot run any BPF program.
 * @param btfPath BTF file given by the user in place of the kernel's own
 * @returns undefined where the host can
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

/** What the kernel told this process at its start: pairs of numbers, of the machine's word size and byte order. */
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

/** 0 where it is not to be known. */
function readPidNamespace(roots: HostRoots): number {
  try {
    return Number(/^pid:\[(\d+)\]$/.exec(readlinkSync(join(roots.proc, 'self/ns/pid')))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
