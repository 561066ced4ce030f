import { entry, unsupported } from './entry.js';

/** What this host or this process lacks. Every probe that needs it meets the same fault. */
export const hostFaults = {
  KERNEL_NO_PRIVILEGE: entry(
    (p: { release: string }) =>
      `This process lacks the privilege to load BPF programs on Linux ${p.release}: it has neither CAP_SYS_ADMIN nor CAP_BPF with CAP_PERFMON`,
    'Run as root, or give the service AmbientCapabilities=CAP_BPF CAP_PERFMON. Add the same capabilities to a container.',
  ),
  KERNEL_FORBIDS_BPF: entry(
    (p: { release: string }) =>
      `Linux ${p.release} refuses every BPF program of this process (EPERM), although the process has the capabilities`,
    'Run outside of user namespaces (a rootless container has its own), and allow the bpf system call in the seccomp profile.',
  ),
  KERNEL_NO_BTF: unsupported(
    (p: { release: string }) =>
      `No type information (BTF) of Linux ${p.release}: /sys/kernel/btf/vmlinux does not exist`,
    'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y, or give a BTF file of this kernel with --bpf.btf-file. With such a file, programs on classic tracepoints work; programs of type tp_btf, fentry, fexit and lsm do not.',
  ),
  KERNEL_BTF_FILE: entry(
    (p: { path: string; errno: string }) =>
      `Cannot read the type information (BTF) of this kernel from "${p.path}": ${p.errno}`,
    'Give --bpf.btf-file a raw BTF file or an ELF file with a .BTF section. Omit the flag if /sys/kernel/btf/vmlinux exists.',
  ),
  PID_NAMESPACE: unsupported(
    (p: { program: string; section: string }) =>
      `Iterator "${p.program}" (${p.section}) would not see all tasks of the host: this process runs in a PID namespace of its own`,
    'Run with --pid=host (Docker, Podman), `pid: host` (Compose) or `hostPID: true` (Kubernetes), or remove the probe.',
  ),
  PERF_EVENTS_FORBIDDEN: unsupported(
    (p: { program: string; section: string }) =>
      `Cannot attach program "${p.program}" (${p.section}): this host allows perf events only to CAP_SYS_ADMIN`,
    'Set the sysctl kernel.perf_event_paranoid to 2 or less (the default of Debian is 3), or run with CAP_SYS_ADMIN.',
  ),
  KERNEL_LOCKDOWN: unsupported(
    (p: { program: string; needs: 'read kernel memory' | 'be loaded' | 'be attached' }) =>
      `Kernel lockdown (confidentiality) forbids program "${p.program}" to ${p.needs}`,
    'Boot with lockdown=integrity, or accept that this host does not show what the probe measures. /sys/kernel/security/lockdown has the mode; only a boot makes it laxer.',
  ),
  RECORDER_FOLDER: entry(
    (p: { folder: string; reason: string }) => `The flight recorder cannot use "${p.folder}": ${p.reason}`,
    'Give `path` of `flight_recorder` a folder that the exporter may write, and that belongs to its user alone (mode 0700). In a systemd unit, set StateDirectory=santabpf.',
  ),
  SYMBOLS_UNAVAILABLE: entry(
    (p: { path: string; reason: string }) =>
      `Cannot start "${p.path}", which reads the names of functions for stacks: ${p.reason}`,
    'Install libdw (Debian: libdw1; to build: libdw-dev), then run: node native/build.mjs. Until then user frames show file and offset.',
  ),
  ADDON_MISSING: entry(
    (p: { path: string; reason: string }) => `Cannot load the native addon "${p.path}": ${p.reason}`,
    'Install libbpf (Debian: libbpf1; to build: libbpf-dev, g++, make, pkg-config, python3), then run: node native/build.mjs',
  ),
} as const;
