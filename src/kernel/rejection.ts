import type { FaultParameters } from '../errors/catalogue.js';
import { fault, type SantaError } from '../errors/fault.js';
import { type Host, unsuitability } from './host.js';
import { hasVerifierLog, rejectedSource, usefulLines } from './log_lines.js';
import { isClassicTracepoint, isKprobe, isKprobeMulti, isNewerThan, isPerfEvent } from './program_section.js';
import { isBefore } from './release.js';

/** The parts of a `NativeError` that explain it. */
export interface NativeFailure {
  /** Symbolic errno, e.g. `EPERM`. */
  readonly code: string;
  readonly operation: string;
  /** Messages of libbpf and the verifier during the call. */
  readonly log: string;
}

/** What the verifier says about a helper that lockdown hides; the second since Linux 6.8. */
const HIDDEN_HELPER = /(?:unknown func|program of this type cannot use helper) bpf_probe_read(?:_kernel)?(?:_str)?#/;

/** The program that libbpf's log blames for a failed load; undefined if it names none. */
export function blamedProgram(log: string): string | undefined {
  const loadFailure =
    /prog '([^']+)': (?:BPF program load failed|failed to load|failed to find kernel BTF type ID|-- BEGIN PROG LOAD LOG --|failed to prepare load attributes|failed to relocate)/;
  return loadFailure.exec(log)?.[1];
}

/**
 * Turns a failed load of an object into one readable fault.
 * @param btfPath BTF file given by the user in place of the kernel's own
 * @param sections of the object's programs, by their names
 */
export function explainLoadFailure(
  failure: NativeFailure,
  probe: string,
  host: Host,
  btfPath?: string,
  sections: ReadonlyMap<string, string> = new Map(),
): SantaError {
  const program = blamedProgram(failure.log);
  const release = host.kernelRelease;
  const ofHost = explainByHost(failure, host, btfPath);
  if (ofHost) {
    return ofHost;
  }
  const pin = pinFailure(failure);
  if (pin) return pin;
  const missingType = /prog '([^']+)': failed to find kernel BTF type ID of '([^']+)'/.exec(failure.log);
  if (missingType) {
    const [, name = '', type = ''] = missingType;
    const section = sections.get(name);
    // The probe file may name another function than the section.
    const hook = section?.endsWith(`/${type}`) ? section : type;
    return fault(
      'HOOK_MISSING',
      { program: name, section: hook, release, missing: 'type', lines: '' },
      { cause: failure },
    );
  }
  const isVerified = hasVerifierLog(failure.log);
  if (program !== undefined && host.isConfidential) {
    if (HIDDEN_HELPER.test(failure.log)) {
      return fault('KERNEL_LOCKDOWN', { program, needs: 'read kernel memory' }, { cause: failure });
    }
    if (failure.code === 'EPERM' && !isVerified) {
      return fault('KERNEL_LOCKDOWN', { program, needs: 'be loaded' }, { cause: failure });
    }
  }
  if (program !== undefined && failure.code === 'EPERM' && !isVerified) {
    return fault('PROGRAM_FORBIDDEN', { program, release }, { cause: failure });
  }
  const section = program === undefined ? undefined : sections.get(program);
  if (section !== undefined && failure.code === 'EINVAL' && !isVerified && isNewerThan(release, section)) {
    return fault(
      'HOOK_MISSING',
      { program: program!, section, release, missing: 'kind', lines: '' },
      { cause: failure },
    );
  }
  if (program !== undefined) {
    return fault(
      'PROGRAM_REJECTED',
      { program, release, errno: failure.code, lines: usefulLines(failure.log), at: placeOf(failure.log) },
      { cause: failure },
    );
  }
  return fault(
    'LOAD_FAILED',
    { probe, errno: failure.code, operation: failure.operation, lines: usefulLines(failure.log) },
    { cause: failure },
  );
}

/** Such as "x.bt:3, `while (1) { @n++; }`". */
function placeOf(log: string): string | undefined {
  const source = rejectedSource(log);
  if (source === undefined || source.text === '') return undefined;
  const code = `\`${source.text}\``;
  return source.file === undefined ? code : `${source.file}:${source.line}, ${code}`;
}

/** What libbpf says about a map that it cannot pin, or take from where it is pinned. */
function pinFailure(failure: NativeFailure): SantaError | undefined {
  const map = /map '([^']+)': (?:error reusing pinned map|failed to auto-pin)/.exec(failure.log)?.[1];
  const path = /(?:reuse pinned map|auto-pin) at '([^']+)'/.exec(failure.log)?.[1];
  if (map === undefined || path === undefined) return undefined;
  const problem = failure.log.includes('parameter mismatch')
    ? 'another map is pinned there, which has another type or other sizes'
    : failure.log.includes('is not on BPF FS')
      ? 'this folder is not in a BPF file system (`mount -t bpf bpf /sys/fs/bpf` mounts one)'
      : `the answer is ${failure.code}`;
  return fault('MAP_NOT_PINNED', { map, path, problem }, { cause: failure });
}

/** The fault that every probe of this host would meet; undefined if the failure is about one probe. */
function explainByHost(failure: NativeFailure, host: Host, btfPath: string | undefined): SantaError | undefined {
  const { code, log } = failure;
  const release = host.kernelRelease;
  if (!host.privileged && (code === 'EPERM' || code === 'EACCES')) {
    return unsuitability(host, btfPath);
  }
  if (code === 'EPERM' && log.includes("Couldn't load trivial BPF program")) {
    return fault('KERNEL_FORBIDS_BPF', { release }, { cause: failure });
  }
  if (btfPath !== undefined && log.includes('failed to parse target BTF')) {
    return fault('KERNEL_BTF_FILE', { path: btfPath, errno: code }, { cause: failure });
  }
  if (!host.btf?.isUsual && /Error loading vmlinux BTF|failed to get target BTF|vmlinux BTF is not found/.test(log)) {
    return fault('KERNEL_NO_BTF', { release }, { cause: failure });
  }
  return undefined;
}

/** Turns a failed attach of a program into one readable fault. */
export function explainAttachFailure(failure: NativeFailure, program: string, section: string, host: Host): SantaError {
  const ofHost = explainByHost(failure, host, undefined);
  if (ofHost) {
    return ofHost;
  }
  const release = host.kernelRelease;
  const lines = usefulLines(failure.log);
  const hookMissing = (missing: FaultParameters<'HOOK_MISSING'>['missing']) =>
    fault('HOOK_MISSING', { program, section, release, missing, lines }, { cause: failure });
  if (isClassicTracepoint(section) && !host.hasTracefs) {
    return hookMissing('tracefs');
  }
  if (failure.code === 'EPERM' && host.isConfidential) {
    return fault('KERNEL_LOCKDOWN', { program, needs: 'be attached' }, { cause: failure });
  }
  if (failure.code === 'EACCES' && !host.seesModules) {
    return fault('PERF_EVENTS_FORBIDDEN', { program, section }, { cause: failure });
  }
  if (isPerfEvent(section) && ['ENOENT', 'EOPNOTSUPP'].includes(failure.code)) {
    return hookMissing('event');
  }
  if (failure.code === 'ENOENT') {
    return hookMissing(isKprobe(section) ? 'function' : 'hook');
  }
  // Before Linux 5.18 the kernel takes the attach type for a mistake.
  const isTooNew = failure.code === 'EINVAL' && isKprobeMulti(section) && isBefore(release, 5, 18);
  if (isTooNew || failure.code === 'EOPNOTSUPP' || failure.code === 'ENOTSUPP') {
    return hookMissing('kind');
  }
  return fault('ATTACH_FAILED', { program, section, release, errno: failure.code, lines }, { cause: failure });
}
