/** What the host offers apart from its kernel configuration. */
import { readFileSync, statSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Host, seesAllTasks } from '../../kernel/host.js';
import { isBefore } from '../../kernel/release.js';
import type { Finding } from './finding.js';

/** Where to look. Other folders only in tests. */
export interface DoctorRoots {
  readonly proc: string;
  readonly sys: string;
}

/** Capabilities that matter, by their bit. */
const capabilities = {
  CAP_DAC_READ_SEARCH: 2n,
  CAP_NET_ADMIN: 12n,
  CAP_SYS_PTRACE: 19n,
  CAP_SYS_ADMIN: 21n,
  CAP_SYS_RESOURCE: 24n,
  CAP_PERFMON: 38n,
  CAP_BPF: 39n,
} as const;

const BPF_FS_MAGIC = 'bpf';
const bytesPerMegabyte = 1e6;

/** @param architecture as Node names it, such as `x64` */
export function hostFindings(host: Host, roots: DoctorRoots, architecture: string = process.arch): Finding[] {
  const read = (...path: readonly string[]) => readText(join(...path));
  return [
    kernel(host, architecture),
    privilege(host, read(roots.proc, 'self/status')),
    types(host),
    moduleTypes(host, roots),
    tracefs(host),
    bpffs(read(roots.proc, 'mounts')),
    lockdown(read(roots.sys, 'kernel/security/lockdown')),
    paranoid(read(roots.proc, 'sys/kernel/perf_event_paranoid'), read(roots.proc, 'self/status')),
    unprivileged(read(roots.proc, 'sys/kernel/unprivileged_bpf_disabled')),
    jit(read(roots.proc, 'sys/net/core/bpf_jit_enable')),
    lsm(read(roots.sys, 'kernel/security/lsm')),
    cgroups(host),
    pidNamespace(host),
    memory(),
  ];
}

function kernel({ kernelRelease, possibleCpus }: Host, architecture: string): Finding {
  const text = `Linux ${kernelRelease}, ${architecture}, ${possibleCpus} possible CPUs`;
  if (isBefore(kernelRelease, 5, 10))
    return { name: 'kernel', state: 'missing', text, remedy: 'Use Linux 5.10 or newer.' };
  if (architecture !== 'x64' && architecture !== 'arm64')
    return { name: 'kernel', state: 'missing', text, remedy: 'Use a machine with x86-64 or ARM64.' };
  return { name: 'kernel', state: 'ok', text };
}

function privilege({ privileged, seesModules }: Host, status: string): Finding {
  const name = 'privilege';
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const held = Object.entries(capabilities).flatMap(([each, bit]) => ((mask >> bit) & 1n ? [each] : []));
  const text = held.length === 0 ? 'none of the capabilities for BPF' : held.join(' ');
  if (!privileged)
    return {
      name,
      state: 'missing',
      text,
      remedy:
        'Run as root, or with the capabilities CAP_BPF and CAP_PERFMON (in a systemd unit: AmbientCapabilities=).',
    };
  if (seesModules) return { name, state: 'ok', text };
  return {
    name,
    state: 'limited',
    text: `${text}; without CAP_SYS_ADMIN the CPU time of programs is not measured, and types of modules are not read`,
    remedy: 'Run with CAP_SYS_ADMIN to measure what each program costs.',
  };
}

function types({ btf }: Host): Finding {
  const name = 'BTF';
  if (btf === undefined)
    return {
      name,
      state: 'missing',
      text: 'no /sys/kernel/btf/vmlinux: this kernel has no type information',
      remedy: 'Use a kernel with CONFIG_DEBUG_INFO_BTF=y, or give a BTF file of this kernel with --bpf.btf-file.',
    };
  const size = statSync(btf.file, { throwIfNoEntry: false })?.size;
  return { name, state: 'ok', text: size === undefined ? btf.file : `${btf.file}, ${megabytes(size)}` };
}

function moduleTypes({ btf }: Host, { sys }: DoctorRoots): Finding {
  const isThere = statSync(join(sys, 'module'), { throwIfNoEntry: false }) !== undefined;
  const hasOption = statSync(join(sys, 'kernel/btf'), { throwIfNoEntry: false }) !== undefined;
  if (btf === undefined || !hasOption || !isThere)
    return { name: 'BTF of modules', state: 'unknown', text: 'not there' };
  return {
    name: 'BTF of modules',
    state: 'ok',
    text: `${join(sys, 'kernel/btf')} has a file for each module that has types`,
  };
}

function tracefs({ hasTracefs }: Host): Finding {
  if (hasTracefs) return { name: 'tracefs', state: 'ok', text: 'mounted: the fields of tracepoints can be read' };
  return {
    name: 'tracefs',
    state: 'missing',
    text: 'not mounted: programs of section tracepoint/ cannot be attached, and scripts do not know fields of tracepoints',
    remedy: 'mount -t tracefs tracefs /sys/kernel/tracing',
  };
}

function bpffs(mounts: string): Finding {
  const found = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , type]) => type === BPF_FS_MAGIC)?.[1];
  if (found !== undefined) return { name: 'bpffs', state: 'ok', text: `mounted on ${found}` };
  return {
    name: 'bpffs',
    state: 'limited',
    text: 'not mounted: only probes that pin maps need it, and no shipped probe does',
    remedy: 'mount -t bpf bpf /sys/fs/bpf',
  };
}

function lockdown(text: string): Finding {
  const name = 'lockdown';
  const mode = /\[(\w+)\]/.exec(text)?.[1];
  if (mode === undefined)
    return { name, state: 'ok', text: 'not built into this kernel, or securityfs is not mounted' };
  if (mode !== 'confidentiality') return { name, state: 'ok', text: mode };
  return {
    name,
    state: 'missing',
    text: 'confidentiality: programs cannot read kernel memory',
    remedy: 'Boot with lockdown=integrity, if the rules of this host allow that.',
  };
}

function paranoid(text: string, status: string): Finding {
  const name = 'perf_event_paranoid';
  const level = Number(text.trim() || Number.NaN);
  if (Number.isNaN(level)) return { name, state: 'unknown', text: 'this kernel has no perf events' };
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  if (level <= 2 || (mask >> capabilities.CAP_SYS_ADMIN) & 1n) return { name, state: 'ok', text: String(level) };
  return {
    name,
    state: 'limited',
    text: `${level}: perf events need CAP_SYS_ADMIN, and this process lacks it`,
    remedy: 'sysctl kernel.perf_event_paranoid=2',
  };
}

function unprivileged(text: string): Finding {
  const name = 'unprivileged_bpf_disabled';
  switch (text.trim()) {
    case '':
      return { name, state: 'unknown', text: 'this kernel does not show it' };
    case '0':
      return {
        name,
        state: 'limited',
        text: '0: any user may load BPF programs. SantaBPF does not need that',
        remedy: 'sysctl kernel.unprivileged_bpf_disabled=1',
      };
    default:
      return { name, state: 'ok', text: `${text.trim()}: only privileged users load programs, as they should` };
  }
}

function jit(text: string): Finding {
  const name = 'JIT compiler';
  if (text.trim() === '') return { name, state: 'unknown', text: 'its setting can be read only as root' };
  if (text.trim() !== '0') return { name, state: 'ok', text: 'on' };
  return {
    name,
    state: 'limited',
    text: 'off: programs are interpreted, which costs several times as much',
    remedy: 'sysctl net.core.bpf_jit_enable=1',
  };
}

function lsm(text: string): Finding {
  const name = 'LSM';
  const active = text.trim();
  if (active === '') return { name, state: 'unknown', text: 'securityfs is not mounted' };
  if (active.split(',').includes('bpf')) return { name, state: 'ok', text: active };
  return {
    name,
    state: 'limited',
    text: `${active}: without bpf, programs of section lsm/ never run. No shipped probe has any`,
    remedy: `Boot with lsm=${active},bpf`,
  };
}

function cgroups({ cgroupController }: Host): Finding {
  const name = 'cgroups';
  if (cgroupController === undefined) return { name, state: 'ok', text: 'version 2' };
  return { name, state: 'ok', text: `version 1 (${cgroupController}), or both` };
}

function pidNamespace(host: Host): Finding {
  const name = 'PID namespace';
  if (seesAllTasks(host)) return { name, state: 'ok', text: "the host's" };
  return {
    name,
    state: 'limited',
    text: 'one of its own: iterators over tasks would not see all tasks',
    remedy: 'Run the container with --pid=host (Kubernetes: hostPID: true).',
  };
}

function memory(): Finding {
  return { name: 'memory', state: 'ok', text: `${megabytes(freemem())} free of ${megabytes(totalmem())}` };
}

const megabytes = (bytes: number) => `${(bytes / bytesPerMegabyte).toFixed(bytes < 10 * bytesPerMegabyte ? 1 : 0)} MB`;

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
