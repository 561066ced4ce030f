import { entry, unsupported } from './entry.js';

/** What this kernel refuses. Another configuration of the probe does not help. */
export const kernelFaults = {
  KERNEL_SYMBOL_UNKNOWN: entry(
    (p: { symbol: string; path: string }) => `"${p.path}" has no address of kernel symbol "${p.symbol}"`,
    'Check the name. Without the capability CAP_SYSLOG, the kernel hides all addresses.',
  ),
  PROGRAM_REJECTED: entry(
    (p: { program: string; release: string; errno: string; lines: string; at?: string | undefined }) =>
      `The verifier of Linux ${p.release} rejects program "${p.program}" (${p.errno})${p.at === undefined ? '' : ` at ${p.at}`}${below(p.lines)}`,
    'Run with --log.level=debug to see the whole verifier log.',
  ),
  PROGRAM_FORBIDDEN: unsupported(
    (p: { program: string; release: string }) =>
      `A security policy of this host forbids program "${p.program}": Linux ${p.release} answers EPERM without a verifier log`,
    'Check the LSM policy and the sandbox of this host. Many allow tracepoints but forbid fentry, fexit and lsm programs.',
  ),
  HOOK_MISSING: unsupported(
    (p: {
      program: string;
      section: string;
      release: string;
      missing: 'hook' | 'type' | 'function' | 'kind' | 'tracefs' | 'event';
      lines: string;
    }) =>
      `Cannot attach program "${p.program}" (${p.section}): ${
        p.missing === 'tracefs'
          ? 'tracefs is not mounted'
          : p.missing === 'event'
            ? 'this machine does not count the event'
            : p.missing === 'function'
              ? `Linux ${p.release} has no such function, or was built without kprobes`
              : p.missing === 'kind'
                ? `Linux ${p.release} does not support programs of this kind`
                : p.missing === 'type'
                  ? `the BTF of Linux ${p.release} has no such function, tracepoint or iterator`
                  : `Linux ${p.release} has no such hook`
      }${below(p.lines)}`,
    (p) =>
      p.missing === 'tracefs'
        ? 'Mount it: mount -t tracefs tracefs /sys/kernel/tracing'
        : 'Add a program for another hook to `programs.alternatives` in the probe file, or remove the probe on this kernel.',
  ),
  ATTACH_FAILED: entry(
    (p: { program: string; section: string; release: string; errno: string; lines: string }) =>
      `Cannot attach program "${p.program}" (${p.section}): Linux ${p.release} answers ${p.errno}${below(p.lines)}`,
    'Add a program for another hook to `programs.alternatives` in the probe file, or remove the probe on this kernel.',
  ),
  USER_HOOK_MISSING: unsupported(
    (p: { program: string; section: string; problem: string }) =>
      `Cannot attach program "${p.program}" (${p.section}): ${p.problem}`,
    'Correct the hook in `programs.attach` of the probe file; docs/hooks.md has its settings. `nm -D FILE` lists the functions of a library.',
  ),
  USER_HOOK_REFUSED: entry(
    (p: { program: string; section: string; path: string; errno: string; lines: string }) =>
      `Cannot attach program "${p.program}" (${p.section}) to "${p.path}": the answer is ${p.errno}${below(p.lines)}`,
    'Check the hook in `programs.attach` of the probe file, and that the process of `pid` exists; docs/hooks.md has its settings.',
  ),
  NETWORK_HOOK_MISSING: unsupported(
    (p: { program: string; section: string; problem: string }) =>
      `Cannot attach program "${p.program}" (${p.section}): ${p.problem}`,
    'Correct the hook in `programs.attach` of the probe file. `ip link` lists the network interfaces.',
  ),
  NETWORK_HOOK_OCCUPIED: entry(
    (p: { program: string; section: string; interface: string }) =>
      `Cannot attach program "${p.program}" (${p.section}) to "${p.interface}": the interface has an XDP program already`,
    (p) =>
      `Write a tc program instead, or detach the other one: \`ip -details link show dev ${p.interface}\` shows it.`,
  ),
  CGROUP_HOOK_OCCUPIED: entry(
    (p: { program: string; section: string; cgroup: string }) =>
      `Cannot attach program "${p.program}" (${p.section}) to "${p.cgroup}": Linux answers EPERM, because this cgroup or one above it has a program that allows no others, or because a security policy forbids it`,
    (p) =>
      `\`bpftool cgroup show ${p.cgroup} effective\` lists the programs. Have the other one attached with the flag \`multi\`, or name another \`cgroup\`.`,
  ),
  NETWORK_HOOK_REFUSED: entry(
    (p: { program: string; section: string; place: string; errno: string; lines: string }) =>
      `Cannot attach program "${p.program}" (${p.section}) to "${p.place}": the answer is ${p.errno}${below(p.lines)}`,
    'Check the hook in `programs.attach` of the probe file; docs/hooks.md has its settings.',
  ),
  HOOK_WAITS: entry(
    (p: { program: string; section: string; wanted: string }) =>
      `Program "${p.program}" (${p.section}) is not attached: it waits for ${p.wanted}`,
    'It is attached within seconds after that appears. If it exists already, it lacks the file of the hook: check `programs.attach` of the probe file.',
  ),
  HOOK_PLACES_FULL: entry(
    (p: { program: string; section: string; most: number; wanted: string }) =>
      `Program "${p.program}" (${p.section}) is attached to ${p.most} places, the most there can be for ${p.wanted}: further ones are not counted`,
    'Name the place more narrowly in `programs.attach` of the probe file.',
  ),
  HOOK_PLACE_REFUSED: entry(
    (p: { program: string; section: string; wanted: string; errno: string }) =>
      `Cannot attach program "${p.program}" (${p.section}) to ${p.wanted}: the answer is ${p.errno}`,
    'The other places are counted. Check the hook in `programs.attach` of the probe file; docs/hooks.md has its settings.',
  ),
  LOAD_FAILED: entry(
    (p: { probe: string; errno: string; operation: string; lines: string }) =>
      `Cannot load the BPF object of probe "${p.probe}": libbpf answers ${p.errno} to "${p.operation}"${below(p.lines)}`,
    'Run with --log.level=debug to see all messages of libbpf.',
  ),
  HANDLERS_FULL: entry(
    (p: { program: string; most: number; events: string; hook: string }) =>
      `Handler "${p.program}" cannot be called: ${p.most} handlers want the same ${p.events} already`,
    (p) =>
      `Remove a probe that handles these ${p.events}, or attach the program to the hook instead of ${p.hook}.bpf.c.`,
  ),
  ITERATOR_FAILED: entry(
    (p: { program: string; section: string; errno: string }) =>
      `Iterator "${p.program}" (${p.section}) stopped before its end: ${p.errno}`,
    (p) =>
      p.errno === 'EAGAIN'
        ? 'Return 0 from the program: 1 asks the kernel for the same object again.'
        : 'This scrape has no metrics of the probe; the next scrape tries again.',
  ),
  MAP_NOT_CLEARED: entry(
    (p: { map: string; program: string; section: string; errno: string }) =>
      `Cannot clear map "${p.map}" before iterator "${p.program}" (${p.section}) runs: ${p.errno}`,
    'This scrape has no metrics of the probe; the next scrape tries again.',
  ),
  MAP_NOT_FILLED: entry(
    (p: { map: string; key: string; errno: string }) =>
      `Cannot put entry ${p.key} of \`fill\` into map "${p.map}": the answer is ${p.errno}`,
    (p) =>
      p.errno === 'E2BIG'
        ? `Raise \`max_entries\` of the map: it is full, or the index is beyond its end.`
        : 'Check the entry. Programs in a map of programs must be of the same type as the program that calls them.',
  ),
  INNER_MAPS_TOO_LARGE: entry(
    (p: { map: string }) =>
      `Map "${p.map}" holds more than 1024 maps, or these have more than ${2 ** 20} entries together`,
    'Make the maps smaller, or count in one hash map whose key also has the key of the outer map.',
  ),
  INNER_MAPS_FORBIDDEN: entry(
    (p: { map: string }) => `Map "${p.map}" holds maps that the exporter is not allowed to open`,
    'Give the exporter CAP_SYS_ADMIN: the kernel requires it of who opens a map by its id.',
  ),
  MAP_NOT_PINNED: entry(
    (p: { map: string; path: string; problem: string }) => `Cannot pin map "${p.map}" at "${p.path}": ${p.problem}`,
    (p) =>
      `Choose another path under \`maps: { ${p.map}: { pin: PATH } }\`, below /sys/fs/bpf, or remove what is there.`,
  ),
  EVENTS_UNREADABLE: entry(
    (p: { buffer: string; reason: string }) => `Cannot read the events of buffer "${p.buffer}": ${p.reason}`,
    (p) =>
      p.reason === 'ENOMEM' || p.reason === 'EPERM'
        ? 'Lower `pages` of the stream, or raise kernel.perf_event_mlock_kb: the buffers of all CPUs must fit.'
        : 'Raise the limit of open files if the reason is EMFILE; report it with the log otherwise.',
  ),
} as const;

/** Lines of a log under a sentence. */
function below(lines: string): string {
  return lines === '' ? '' : `:\n${lines}`;
}
