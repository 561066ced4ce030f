import { entry } from './entry.js';

/** What this host or this process lacks: every probe meets it alike. */
export const hostFaults = {
  KERNEL_NO_PRIVILEGE: entry(
    (p: { release: string }) =>
      `Expected the privilege to load BPF programs (CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN) on Linux ${p.release} but this process has neither`,
    'Run as root, or give the service AmbientCapabilities=CAP_BPF CAP_PERFMON (containers: add the same capabilities).',
  ),
  KERNEL_FORBIDS_BPF: entry(
    (p: { release: string }) =>
      `Expected Linux ${p.release} to load BPF programs for this process, which has the capabilities for it, but it answered EPERM to the simplest one`,
    'Run outside of user namespaces (rootless containers have one), and allow the system call bpf in the seccomp profile.',
  ),
  KERNEL_NO_BTF: entry(
    (p: { release: string }) =>
      `Expected the type information of Linux ${p.release} at /sys/kernel/btf/vmlinux but the file is not there`,
    'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y. A BTF file made for this kernel, given with --bpf.btf-file, serves probes that have programs on classic tracepoints, but not those of type tp_btf, fentry, fexit and lsm.',
  ),
  KERNEL_BTF_FILE: entry(
    (p: { path: string; errno: string }) =>
      `Expected the type information (BTF) of this kernel at "${p.path}" but reading it answered ${p.errno}`,
    'Correct --bpf.btf-file: it takes a raw BTF file or an ELF file with a section .BTF. Leave it out where /sys/kernel/btf/vmlinux is there.',
  ),
  PID_NAMESPACE: entry(
    (p: { program: string; section: string }) =>
      `Expected the PID namespace of the host for iterator "${p.program}" (${p.section}) but this process is in another, and the kernel lists the tasks of that one alone`,
    'Run with --pid=host (Docker, Podman), `pid: host` (compose) or `hostPID: true` (Kubernetes), or leave the probe out.',
  ),
  ADDON_MISSING: entry(
    (p: { path: string; reason: string }) => `Expected the native addon at "${p.path}" but received ${p.reason}`,
    'Install libbpf (Debian: libbpf1; to build: libbpf-dev, g++, make, pkg-config, python3), then run: node native/build.mjs',
  ),
} as const;
