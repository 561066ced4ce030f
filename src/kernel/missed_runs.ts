import { isClassicTracepoint, isKprobe, isPerfEvent, isUprobe } from './program_section.js';
import { isBefore } from './release.js';

/**
 * The runs that the kernel skipped a program for, although its hook was reached. Undefined where this kernel skips without
 * counting:
 * - classic tracepoints and kprobes before dd8657894c11 ("bpf: Count missed stats in trace_call_bpf"), Linux 6.7. Any count proves
 *   that a distribution has added it to an older kernel;
 * - perf events, on every kernel.
 * Other programs were never skipped before their skips were counted.
 * @param release kernel release, as in `uname -r`
 * @param counted the kernel's count; undefined on kernels that have none
 */
export function missedRuns(section: string, release: string, counted: number | undefined): number | undefined {
  if (isPerfEvent(section)) return undefined;
  const sharesFlag = isClassicTracepoint(section) || isKprobe(section) || isUprobe(section);
  if (sharesFlag && !counted && isBefore(release, 6, 7)) return undefined;
  return counted ?? 0;
}
