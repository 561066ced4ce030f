/** What the ELF section of a program says about the program. */

import { isBefore } from './release.js';

/** Whether the program runs when it is asked to: an iterator, once for every kernel object of a kind, or a `syscall` program, once. */
export function isIterator(section: string): boolean {
  return /^(iter(\.s)?\/|syscall$)/.test(section);
}

/** Whether the program is an iterator that sees the tasks of one PID namespace only. */
export function isTaskIterator(section: string): boolean {
  return /^iter(\.s)?\/task(_|$)/.test(section);
}

/** Whether the program is an iterator over the entries of one map. */
export function isMapIterator(section: string): boolean {
  return /^iter(\.s)?\/bpf_map_elem$/.test(section);
}

/** The first releases of Linux with programs of a section. A kernel before it takes their type or flags for a mistake. */
const firstReleases: readonly (readonly [RegExp, number, number])[] = [
  [/^syscall$/, 5, 14],
  [/^xdp\.frags/, 5, 18],
  [/^lsm_cgroup\//, 6, 0],
  [/^cgroup\/\w+_unix$/, 6, 7],
];

/** Whether a kernel is older than the programs of a section. */
export function isNewerThan(release: string, section: string): boolean {
  return firstReleases.some(([pattern, major, minor]) => pattern.test(section) && isBefore(release, major, minor));
}

/** Whether the program may use helpers that sleep. */
export function isSleepable(section: string): boolean {
  return /^[^/]*\.s(\/|$)/.test(section);
}

/** Whether the hook is a type in the kernel's own BTF: a BTF file does not replace that. */
export function needsKernelBtf(section: string): boolean {
  return /^(tp_btf|fentry|fexit|fmod_ret|lsm|iter)/.test(section);
}

/** Whether the hook is a tracepoint that libbpf looks up in tracefs. */
export function isClassicTracepoint(section: string): boolean {
  return /^(tp|tracepoint)\//.test(section);
}

/** Whether the hook is the entry or the return of a kernel function, by means of a kprobe. */
export function isKprobe(section: string): boolean {
  return /^(kprobe|kretprobe|ksyscall|kretsyscall)/.test(section);
}

/** Whether the hook is many kernel functions at once. */
export function isKprobeMulti(section: string): boolean {
  return /^k(ret)?probe\.multi/.test(section);
}

/** Whether the hook is a user-space function or probe. */
export function isUprobe(section: string): boolean {
  return /^(uprobe|uretprobe|usdt)/.test(section);
}

/** Whether the program samples a perf event. */
export function isPerfEvent(section: string): boolean {
  return /^perf_event/.test(section);
}
