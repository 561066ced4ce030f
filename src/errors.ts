/**
 * The error catalogue: every fault a user can meet, with a stable code, one sentence that names the thing and what was
 * expected and received, and what to do about it. docs/errors.md lists the same codes; a test keeps the two equal.
 */

/** A place in a text file. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line, so that a caret can be drawn under the column. */
  readonly excerpt?: string;
}

interface Entry<P> {
  readonly message: (p: P) => string;
  readonly remedy: string | ((p: P) => string);
}

function entry<P>(message: (p: P) => string, remedy: string | ((p: P) => string)): Entry<P> {
  return { message, remedy };
}

export const catalogue = {
  // command line
  ARGUMENT_UNKNOWN: entry(
    (p: { argument: string; nearest: string | undefined }) => `Expected a known flag but received "${p.argument}"`,
    (p) =>
      p.nearest === undefined
        ? 'santabpf --help lists the flags.'
        : `Did you mean ${p.nearest}? --help lists all flags.`,
  ),
  ARGUMENT_INVALID: entry(
    (p: { flag: string; expected: string; received: string }) =>
      `Expected ${p.expected} for ${p.flag} but received ${p.received}`,
    'santabpf --help lists the flags and what they take.',
  ),
  // config
  CONFIG_UNREADABLE: entry(
    (p: { path: string; reason: string }) =>
      `Expected a readable configuration file at "${p.path}" but received ${p.reason}`,
    'Check the path given with --config.file and the permissions of the file.',
  ),
  // kernel
  ADDON_UNAVAILABLE: entry(
    (p: { path: string; reason: string }) => `Expected the native addon at "${p.path}" but received ${p.reason}`,
    'Install libbpf (Debian: libbpf1; to build: libbpf-dev, g++, make, pkg-config, python3), then run: node native/build.mjs',
  ),
  KERNEL_NO_PRIVILEGE: entry(
    (p: { release: string }) =>
      `Expected the privilege to load BPF programs (CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN) on Linux ${p.release} but this process has neither`,
    'Run as root, or give the service AmbientCapabilities=CAP_BPF CAP_PERFMON (containers: add the same capabilities).',
  ),
  KERNEL_NO_BTF: entry(
    (p: { release: string }) =>
      `Expected the type information of Linux ${p.release} at /sys/kernel/btf/vmlinux but the file is not there`,
    'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y, or give a BTF file made for this kernel with --bpf.btf-file.',
  ),
  OBJECT_NOT_FOUND: entry(
    (p: { probe: string; searched: readonly string[] }) =>
      `Expected the BPF object of probe "${p.probe}" at ${p.searched.map((path) => `"${path}"`).join(' or ')} but found no file there`,
    'Compile the program (npm run build), or name the object with "object:" in the probe file.',
  ),
  OBJECT_INVALID: entry(
    (p: { path: string; reason: string }) => `Expected "${p.path}" to be a BPF object but received ${p.reason}`,
    'Compile it with clang -target bpf -g -O2; libbpf loads only such files.',
  ),
  PROGRAM_REJECTED: entry(
    (p: { program: string; release: string; errno: string; lines: string }) =>
      `Expected Linux ${p.release} to accept program "${p.program}" but its verifier answered ${p.errno}:\n${p.lines}`,
    'The whole verifier log is printed with --log.level=debug.',
  ),
  PROGRAM_FORBIDDEN: entry(
    (p: { program: string; release: string }) =>
      `Expected Linux ${p.release} to load program "${p.program}" but a policy of this host forbids it (EPERM without a verifier log)`,
    'Check the lockdown mode, LSM policy and sandbox of this host; programs of type fentry, fexit and lsm are often forbidden where tracepoints are not.',
  ),
  LOAD_FAILED: entry(
    (p: { probe: string; errno: string; operation: string; lines: string }) =>
      `Expected the BPF object of probe "${p.probe}" to load but ${p.operation} answered ${p.errno}${p.lines === '' ? '' : `:\n${p.lines}`}`,
    'All messages of libbpf are printed with --log.level=debug.',
  ),
  HOOK_MISSING: entry(
    (p: { program: string; section: string; release: string; why: string }) =>
      `Expected the hook "${p.section}" of program "${p.program}" on Linux ${p.release} but ${p.why}`,
    'Name a program for another hook under "programs: alternatives:" in the probe file, or leave the probe out on this kernel.',
  ),
  PROGRAM_UNKNOWN: entry(
    (p: { program: string; known: readonly string[] }) =>
      `Expected a program of the object but received "${p.program}"; the object has ${p.known.join(', ')}`,
    'Use one of these names.',
  ),
  MAP_UNKNOWN: entry(
    (p: { map: string; known: readonly string[] }) =>
      `Expected a map of the object but received "${p.map}"; the object has ${p.known.join(', ')}`,
    'Use one of these names.',
  ),
  // maps and decode
  // metrics
  // http
  LISTEN_FAILED: entry(
    (p: { address: string; reason: string }) => `Expected to listen on "${p.address}" but received ${p.reason}`,
    'Choose another address with --web.listen-address, or end the program that has this one (ss -ltnp names it).',
  ),
  WEB_CONFIG_UNREADABLE: entry(
    (p: { path: string; reason: string }) => `Expected a readable file at "${p.path}" but received ${p.reason}`,
    'Check the path in --web.config.file (paths in that file are relative to its folder) and the permissions of the file.',
  ),
  WEB_CONFIG_INVALID: entry(
    (p: { at: string; expected: string; received: string }) =>
      `Expected ${p.expected} for ${p.at} but received ${p.received}`,
    'docs/operations.md shows the format of the web configuration file.',
  ),
  WEB_CONFIG_UNKNOWN_KEY: entry(
    (p: { key: string; at: string; known: readonly string[]; nearest: string | undefined }) =>
      `Expected one of ${p.known.join(', ')} for a key of ${p.at} but received "${p.key}"`,
    (p) => (p.nearest === undefined ? 'Remove the key, or correct its name.' : `Did you mean "${p.nearest}"?`),
  ),
  WEB_CONFIG_NEEDS_RESTART: entry(
    (p: { path: string; change: string }) =>
      `Expected "${p.path}" to change what a running server can take but received ${p.change}`,
    'The server goes on with what it had. Restart SantaBPF to apply the file.',
  ),
  SCRAPE_LIMIT: entry(
    (p: { limit: number }) => `Expected at most ${p.limit} scrapes at the same time but received another`,
    'Scrape less often or from fewer places, or raise --web.max-requests.',
  ),
  SCRAPE_TIMEOUT: entry(
    (p: { seconds: number }) =>
      `Expected the kernel to be read within the scrape timeout of ${p.seconds} s but received no answer yet`,
    'Raise scrape_timeout, or run fewer probes; /probes shows how long each took.',
  ),
  RELOAD_REFUSED: entry(
    (p: { reason: string }) => `Expected a client that may reload but received ${p.reason}`,
    'Reload from this machine or with a user of --web.config.file, send SIGHUP, or start with --web.enable-lifecycle.',
  ),
} as const;

export type ErrorCode = keyof typeof catalogue;
type Parameters_<C extends ErrorCode> = (typeof catalogue)[C] extends Entry<infer P> ? P : never;

/** One fault of the catalogue. `message` is the sentence, `remedy` what to do. */
export class SantaError extends Error {
  override readonly name = 'SantaError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    readonly location: Location | undefined,
    cause: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Several faults found in one go, e.g. all those of a configuration. Never empty. */
export class Faults extends Error {
  override readonly name = 'Faults';
  constructor(readonly faults: readonly SantaError[]) {
    super(faults.map(describeFault).join('\n\n'));
  }
}

/**
 * Makes an error of the catalogue.
 * @param code which one
 * @param parameters what its sentence quotes
 * @param origin where in a file it arose, and the error that caused it
 */
export function fault<C extends ErrorCode>(
  code: C,
  parameters: Parameters_<C>,
  origin: { location?: Location | undefined; cause?: unknown } = {},
): SantaError {
  const { message, remedy } = catalogue[code] as unknown as Entry<Parameters_<C>>;
  return new SantaError(
    code,
    message(parameters),
    typeof remedy === 'string' ? remedy : remedy(parameters),
    origin.location,
    origin.cause,
  );
}

/** The text shown to a person: `file:line:column: message [CODE]`, the source line with a caret, the remedy. */
export function describeFault(error: SantaError): string {
  const { location } = error;
  const lines = [
    `${location ? `${location.file}:${location.line}:${location.column}: ` : ''}${error.message} [${error.code}]`,
  ];
  if (location?.excerpt !== undefined) {
    lines.push(`  ${location.excerpt}`, `  ${' '.repeat(Math.max(0, location.column - 1))}^`);
  }
  lines.push(`  ${error.remedy}`);
  return lines.join('\n');
}
