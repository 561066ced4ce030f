import { fault, type SantaError } from '../errors/fault.js';
import { type Host, unsuitability } from './host.js';

/** What the addon says of a failed call. */
export interface NativeFailure {
  /** Symbolic errno, e.g. `EPERM`. */
  readonly code: string;
  readonly operation: string;
  /** Everything libbpf and the verifier said while the call ran. */
  readonly log: string;
}

const SHOWN_LINES = 12;

/** The program that libbpf's log blames for a failed load, if it names one. */
export function blamedProgram(log: string): string | undefined {
  const loadFailure =
    /prog '([^']+)': (?:BPF program load failed|failed to load|failed to find kernel BTF type ID|-- BEGIN PROG LOAD LOG --|failed to prepare load attributes|failed to relocate)/;
  return loadFailure.exec(log)?.[1];
}

/**
 * The last lines of the verifier's log that tell a person something: without the instruction count, the dump of
 * registers and libbpf's frame around the log.
 */
export function usefulLines(log: string): string {
  const framed = /-- BEGIN PROG LOAD LOG --\n([\s\S]*?)-- END PROG LOAD LOG --/.exec(log)?.[1] ?? log;
  return framed
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(
      (line) =>
        line !== '' &&
        !/^(processed \d+ insns|verification time|stack depth|R\d+[=_]|libbpf: (?:failed to load object|prog '[^']*': failed to load|.*raise memlock|permission error))/.test(
          line,
        ),
    )
    .slice(-SHOWN_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/**
 * Turns a failed load of an object into one readable fault.
 * @param btfPath BTF file given by the user in place of the kernel's own
 */
export function explainLoadFailure(failure: NativeFailure, probe: string, host: Host, btfPath?: string): SantaError {
  const program = blamedProgram(failure.log);
  const release = host.kernelRelease;
  const ofHost = explainByHost(failure, host, btfPath);
  if (ofHost) {
    return ofHost;
  }
  const missingType = /prog '([^']+)': failed to find kernel BTF type ID of '([^']+)'/.exec(failure.log);
  if (missingType) {
    return fault(
      'HOOK_MISSING',
      { program: missingType[1]!, section: missingType[2]!, release, why: 'the kernel does not have it' },
      { cause: failure },
    );
  }
  const hasVerifierLog = failure.log.includes('-- BEGIN PROG LOAD LOG --');
  if (program !== undefined && failure.code === 'EPERM' && !hasVerifierLog) {
    return fault('PROGRAM_FORBIDDEN', { program, release }, { cause: failure });
  }
  if (program !== undefined) {
    return fault(
      'PROGRAM_REJECTED',
      { program, release, errno: failure.code, lines: usefulLines(failure.log) },
      { cause: failure },
    );
  }
  return fault(
    'LOAD_FAILED',
    { probe, errno: failure.code, operation: failure.operation, lines: usefulLines(failure.log) },
    { cause: failure },
  );
}

/** What every probe of this host would meet; undefined when it is about this one. */
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
  const classicTracepoint = /^(tp|tracepoint)\//.test(section);
  const kernelProbe = /^(kprobe|kretprobe|ksyscall|kretsyscall)/.test(section);
  let why = `attaching answered ${failure.code}`;
  if (classicTracepoint && !host.hasTracefs) {
    why = 'tracefs is not mounted (mount -t tracefs tracefs /sys/kernel/tracing)';
  } else if (failure.code === 'EACCES' && !host.seesModules) {
    why =
      'perf events are for CAP_SYS_ADMIN only here (or set the sysctl kernel.perf_event_paranoid to 2 or less; Debian has 3)';
  } else if (failure.code === 'ENOENT') {
    why = kernelProbe ? 'the kernel has no such function, or was built without kprobes' : 'the kernel does not have it';
  }
  return fault('HOOK_MISSING', { program, section, release: host.kernelRelease, why }, { cause: failure });
}
