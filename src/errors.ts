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
    'Check the path (that of the main file is given with --config.file) and the permissions of the file.',
  ),
  CONFIG_SYNTAX: entry(
    (p: { received: string; remedy: string }) => `Expected YAML but received ${p.received}`,
    (p) => p.remedy,
  ),
  CONFIG_TOO_COMPLEX: entry(
    (p: { received: string }) => `Expected a file of ordinary size for a configuration but received ${p.received}`,
    'Write fewer or flatter settings; look for aliases ("*name") that multiply.',
  ),
  CONFIG_DUPLICATE_KEY: entry(
    (p: { key: string; at: string; first: number }) =>
      `Expected each key once for ${p.at} but received "${p.key}" again, after line ${p.first}`,
    'Remove one of the two.',
  ),
  CONFIG_UNKNOWN_KEY: entry(
    (p: { key: string; at: string; nearest: string | undefined; known: readonly string[] }) =>
      `Expected a known key for ${p.at} but received "${p.key}"`,
    (p) => (p.nearest === undefined ? `Known keys are ${p.known.join(', ')}.` : `Did you mean "${p.nearest}"?`),
  ),
  CONFIG_MISSING_KEY: entry(
    (p: { expected: string; key: string; at: string }) => `Expected ${p.expected} for ${p.at} but received nothing`,
    (p) => `Add a line "${p.key}: ...".`,
  ),
  CONFIG_VALUE: entry(
    (p: { expected: string; at: string; received: string; remedy?: string | undefined }) =>
      `Expected ${p.expected} for ${p.at} but received ${p.received}`,
    (p) => p.remedy ?? 'docs/configuration.md describes every setting.',
  ),
  CONFIG_FOLDER: entry(
    (p: { at: string; path: string; reason: string }) =>
      `Expected a folder with probe files for ${p.at} but received "${p.path}", which is ${p.reason}`,
    'Correct the path (it is relative to the folder of the main file), or make the folder.',
  ),
  CONFIG_PROBE_UNKNOWN: entry(
    (p: {
      probe: string;
      at: string;
      folders: readonly string[];
      nearest: string | undefined;
      known: readonly string[];
    }) =>
      `Expected a probe that exists for ${p.at} but received "${p.probe}", for which there is no file ${p.folders.map((folder) => `"${folder}/${p.probe}.yaml"`).join(' or ')}`,
    (p) =>
      p.nearest !== undefined
        ? `Did you mean "${p.nearest}"?`
        : p.known.length > 0
          ? `Probes that exist are ${p.known.join(', ')}.`
          : 'There are no probe files: correct "probe_path" in the main file.',
  ),
  CONFIG_PROBE_TWICE: entry(
    (p: { probe: string; at: string; first: number }) =>
      `Expected each probe once for ${p.at} but received "${p.probe}" again, after line ${p.first}`,
    'Remove one of the two.',
  ),
  CONFIG_PROBE_NAME: entry(
    (p: { stem: string; received: string }) =>
      `Expected the file's own name "${p.stem}" for probe but received "${p.received}"`,
    (p) => `Write "probe: ${p.stem}", or rename the file to "${p.received}.yaml".`,
  ),
  CONFIG_METRIC_RESERVED: entry(
    (p: { at: string; received: string; fullName: string }) =>
      `Expected a metric name of your own for ${p.at} but received "${p.received}": "${p.fullName}" is written by the exporter itself or by Prometheus`,
    'Rename the metric.',
  ),
  CONFIG_METRIC_TWICE: entry(
    (p: { at: string; received: string; series: string; other: string; place: string }) =>
      `Expected a metric name that is not in use for ${p.at} but received "${p.received}": "${p.series}" also belongs to metric "${p.other}" at ${p.place}`,
    'Rename one of the two, or tell them apart by a label of one metric.',
  ),
  // kernel
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
  OBJECT_NOT_FOUND: entry(
    (p: { probe: string; searched: readonly string[] }) =>
      `Expected the BPF object of probe "${p.probe}" at ${p.searched.map((path) => `"${path}"`).join(' or ')} but found no file there`,
    'Compile the program (npm run build), or name the object with "object:" in the probe file.',
  ),
  OBJECT_INVALID: entry(
    (p: { path: string; reason: string }) => `Expected "${p.path}" to be a BPF object but received ${p.reason}`,
    'Compile it with clang -target bpf -g -O2; libbpf loads only such files.',
  ),
  PROBE_FAILED: entry(
    (p: { probe: string; reason: string }) => `Expected probe "${p.probe}" to start but received ${p.reason}`,
    'This is a fault of SantaBPF itself: please report it with the log at --log.level=debug.',
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
  PROGRAM_NOT_ITERATOR: entry(
    (p: { program: string; section: string }) =>
      `Expected an iterator (SEC("iter/...")) under "iterators" but received program "${p.program}" of section "${p.section}"`,
    'Only iterators are run at every scrape; other programs run when the kernel passes their hook. Remove it from the list.',
  ),
  PID_NAMESPACE: entry(
    (p: { program: string; section: string }) =>
      `Expected the PID namespace of the host for iterator "${p.program}" (${p.section}) but this process is in another, and the kernel lists the tasks of that one alone`,
    'Run with --pid=host (Docker, Podman), `pid: host` (compose) or `hostPID: true` (Kubernetes), or leave the probe out.',
  ),
  ITERATOR_FAILED: entry(
    (p: { program: string; section: string; step: string; errno: string }) =>
      `Expected iterator "${p.program}" (${p.section}) to run to its end but ${p.step} answered ${p.errno}`,
    (p) =>
      p.errno === 'EAGAIN'
        ? 'The program must return 0: 1 asks the kernel for the same object again.'
        : 'The metrics of this probe are left out of this scrape; the next one tries again.',
  ),
  MAP_UNKNOWN: entry(
    (p: { map: string; known: readonly string[] }) =>
      `Expected a map of the object but received "${p.map}"; the object has ${p.known.join(', ')}`,
    'Use one of these names.',
  ),
  ADDON_MISSING: entry(
    (p: { path: string; reason: string }) => `Expected the native addon at "${p.path}" but received ${p.reason}`,
    'Install libbpf (Debian: libbpf1; to build: libbpf-dev, g++, make, pkg-config, python3), then run: node native/build.mjs',
  ),
  // maps and decode
  BTF_INVALID: entry(
    (p: { what: string; found: string }) => `Expected well-formed BTF but found in ${p.what} ${p.found}`,
    'Compile the object again with clang -target bpf -g; if the fault stays, report it with the object attached.',
  ),
  MAP_UNTYPED: entry(
    (p: { map: string; part: 'key' | 'value' }) =>
      `Expected a BTF type for the ${p.part} of map "${p.map}" but its definition has only a size`,
    (p) => `Define the map with __type(${p.part}, ...) instead of __uint(${p.part}_size, ...), and compile with -g.`,
  ),
  MAP_SIZE_MISMATCH: entry(
    (p: { map: string; part: 'key' | 'value'; type: string; expected: number; received: number }) =>
      `Expected a ${p.part} of ${p.expected} bytes for map "${p.map}" but its BTF type "${p.type}" has ${p.received}`,
    'Compile the object again; its map definition and its type information disagree.',
  ),
  MAP_NOT_READABLE: entry(
    (p: { map: string; type: string }) =>
      `Expected a hash or array map for a metric but received "${p.map}", which is of type ${p.type}`,
    'Count in a hash, percpu_hash, lru_hash, array or percpu_array map, or in a global variable (map: .bss).',
  ),
  MAP_NOT_EMPTIABLE: entry(
    (p: { map: string; type: string }) =>
      `Expected a hash or array map under "fills" but received "${p.map}", which is of type ${p.type}`,
    'Have the iterator fill a hash, percpu_hash, lru_hash, array or percpu_array map.',
  ),
  MAP_KEY_UNSUITABLE: entry(
    (p: { map: string; type: string; received: string }) =>
      `Expected a 4-byte integer as the key of ${p.type} map "${p.map}" but received "${p.received}"`,
    'Arrays are indexed by __u32; use a hash map for other keys.',
  ),
  FIELD_PATH_INVALID: entry(
    (p: { path: string; reason: string }) =>
      `Expected a path such as "a.b" or "a[0].c" but received "${p.path}": ${p.reason}`,
    'Name fields as in C, without spaces: members with a dot, array elements with an index in brackets.',
  ),
  FIELD_UNKNOWN: entry(
    (p: { name: string; path: string; of: string; nearest: string | undefined; fields: readonly string[] }) =>
      `Expected a field of ${p.of} but received "${p.name}"${p.path === p.name ? '' : ` in "${p.path}"`}${p.nearest === undefined ? '' : ` (did you mean "${p.nearest}"?)`}; ${
        p.fields.length === 0 ? 'it has no fields' : `it has ${p.fields.join(', ')}`
      }`,
    (p) =>
      p.fields.length === 0
        ? 'Leave the path out to name the whole.'
        : 'Use one of these names; they come from the BTF of the object.',
  ),
  FIELD_INDEX_INVALID: entry(
    (p: { path: string; of: string; index: number; count: number }) =>
      `Expected an index of ${p.of} for "${p.path}" but received ${p.index}; ${
        p.count === 0 ? 'the array is flexible, its length is not known' : `it has ${p.count} elements, the first is 0`
      }`,
    'Use an index that is inside the array.',
  ),
  FIELD_UNSUITABLE: entry(
    (p: { expected: string; purpose: string; received: string }) =>
      `Expected ${p.expected} for ${p.purpose} but received ${p.received}`,
    'Name another field, or change the type in the BPF program; types come from the BTF of the object.',
  ),
  DECODER_UNSUITABLE: entry(
    (p: { decoder: string; expected: string; label: string; received: string }) =>
      `Expected ${p.expected} for decoder "${p.decoder}" of label "${p.label}" but received ${p.received}`,
    'Name another field or another decoder; docs/decoders.md lists what each decoder takes.',
  ),
  DECODER_KEY_INVALID: entry(
    (p: { label: string; key: string; received: string; expected: string }) =>
      `Expected ${p.expected} on the left side of decoder "map" of label "${p.label}" for ${p.received} but received "${p.key}"`,
    'A map that comes first sees the number itself; to map the names of an enum write decode: [enum, { map: ... }].',
  ),
  OVERFLOW_UNSUITABLE: entry(
    (p: { map: string; companion: string; reason: string }) =>
      `Expected "${p.companion}" to count what finds map "${p.map}" full, as one entry of struct { V value; __u64 lost; }, but ${p.reason}`,
    'Define it with the macro of bpf/include, or rename it when it is not meant as the overflow entry.',
  ),
  CONSTANT_UNKNOWN: entry(
    (p: { name: string; nearest: string | undefined; known: readonly string[] }) =>
      `Expected a constant of the object but received "${p.name}"${p.nearest === undefined ? '' : ` (did you mean "${p.nearest}"?)`}; ${
        p.known.length === 0 ? 'the object has none' : `the object has ${p.known.join(', ')}`
      }`,
    'Constants are global variables declared "const volatile" in the BPF program.',
  ),
  CONSTANT_INVALID: entry(
    (p: { name: string; expected: string; received: string }) =>
      `Expected ${p.expected} for constant "${p.name}" but received ${p.received}`,
    'Correct the value; its type comes from the BTF of the object.',
  ),
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

const excerptWidth = 120;

/** The source line cut to what fits around the column, without control characters, and the caret under the column; none without an excerpt. */
export function excerptLines({ excerpt, column }: Location): string[] {
  if (excerpt === undefined) return [];
  // Tabs would shift the caret, and escape sequences are for terminals only when we send them.
  const line = excerpt.replace(/\p{Cc}/gu, ' ');
  const start = column > excerptWidth ? column - excerptWidth / 2 : 0;
  const end = start + excerptWidth;
  // A character of two code units may lie across the cut.
  const part = line.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, ' ');
  const shown = `${start > 0 ? '…' : ''}${part}${line.length > end ? '…' : ''}`;
  return [shown, `${' '.repeat(Math.max(0, column - 1 - start) + (start > 0 ? 1 : 0))}^`];
}

/** The text shown to a person: `file:line:column: message [CODE]`, the source line with a caret, the remedy. */
export function describeFault(error: SantaError): string {
  const { location } = error;
  const place = location ? `${location.file}:${location.line}:${location.column}: ` : '';
  const lines = [`${place}${error.message} [${error.code}]`];
  if (location !== undefined) lines.push(...excerptLines(location).map((line) => `  ${line}`));
  lines.push(`  ${error.remedy}`);
  return lines.join('\n');
}
