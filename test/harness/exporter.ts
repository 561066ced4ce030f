import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { reachableCopy, repository } from './reachable_copy.js';

/** Path of the built exporter. */
export const mainFile = join(repository, 'dist/main.js');

/** How a process ended: exit code or signal; the other is null. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One line of the exporter's log. */
export interface LogEntry {
  readonly level: string;
  readonly msg: string;
  readonly code?: string;
  readonly [field: string]: unknown;
}

/** A process of the exporter, which may still be starting. */
export interface ExporterProcess {
  readonly process: ChildProcess;
  /** Temporary folder of the configuration; `stop` removes it. */
  readonly folder: string;
  /** Path of the main configuration file in use. */
  readonly configFile: string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ending>;
  /** Everything printed so far to stdout and stderr: one JSON object per line. */
  log(): string;
  /** The log lines so far; lines that are not JSON are left out. */
  entries(): LogEntry[];
  /** Waits for the first log line with this text or code; rejects on timeout or exit. @param since number of lines to skip */
  logged(what: string | RegExp, since?: number): Promise<LogEntry>;
  /** Writes files to the configuration folder, by relative path; `santabpf.yaml` is the main file. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Sends SIGTERM and waits for the end. @returns the exit code, null after a signal */
  stop(): Promise<number | null>;
}

export interface RunningExporter extends ExporterProcess {
  readonly url: string;
  /** Sends GET and returns the body; throws on a status other than 200. */
  get(path: string, headers?: Record<string, string>): Promise<string>;
}

export interface ExporterOptions {
  /** Text of the main file. Default: the shipped probe `syscalls`. */
  readonly config?: string;
  /** Further files of the configuration folder, by relative path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Names of files of ebpf_exporter in the configuration folder, which run in place of the main file. */
  readonly foreign?: readonly string[];
  readonly arguments?: readonly string[];
  readonly environment?: Record<string, string>;
  /** User id to run as, from a copy that every user can read. */
  readonly uid?: number;
  /** Runs from a copy that every user can read, for wrappers that change the user. */
  readonly reachable?: boolean;
  /** Command that runs the rest of its arguments, such as `['setpriv', '--no-new-privs']`. */
  readonly wrapper?: readonly string[];
  /** Flags of node. */
  readonly nodeFlags?: readonly string[];
  /** Milliseconds that `startExporter` and `logged` wait. Default: 15,000. */
  readonly patience?: number;
}

export const shippedProbePath = join(repository, 'config/probes');

/** Lines of a main file: on a busy machine a probe may take longer than usual, and a test must not miss it. */
export const patientDeadline = 'probe_deadline: 1m\n';

/** Text of a main file that runs these shipped probes. */
export function configFor(...probes: string[]): string {
  return `probes: [${probes.join(', ')}]\nprobe_path: ["${shippedProbePath}"]\n${patientDeadline}`;
}

/** Starts the built exporter on a free loopback port and returns without waiting. */
export function launchExporter(options: ExporterOptions = {}): ExporterProcess {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-test-'));
  // The exporter may run as another user.
  chmodSync(folder, 0o755);
  const configFile = join(folder, 'santabpf.yaml');
  const write: ExporterProcess['write'] = (files) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content, { mode: 0o644 });
    }
  };
  const root = options.reachable || options.uid !== undefined ? reachableCopy() : repository;
  write({
    'santabpf.yaml': (options.config ?? configFor('syscalls')).replaceAll(repository, root),
    ...options.files,
  });
  const words = [
    ...(options.wrapper ?? []),
    process.execPath,
    ...(options.nodeFlags ?? []),
    mainFile.replace(repository, root),
    ...(options.foreign
      ? ['--config.format=ebpf_exporter', `--config.dir=${folder}`, `--config.names=${options.foreign.join(',')}`]
      : [`--config.file=${configFile}`]),
    '--web.listen-address=127.0.0.1:0',
    '--log.format=json',
    ...(options.arguments ?? []),
  ];
  const child = spawn(words[0]!, words.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Otherwise the exporter keeps the configuration in /var/cache.
    env: { ...process.env, CACHE_DIRECTORY: join(folder, 'cache'), ...options.environment },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let log = '';
  child.stdout.on('data', (data: Buffer) => (log += data.toString()));
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const entries = () => log.split('\n').slice(0, -1).flatMap(parseEntry);
  return {
    process: child,
    folder,
    configFile,
    ended,
    write,
    log: () => log,
    entries,
    logged(what, since = 0) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = entries()
            .slice(since)
            .find(({ msg, code }) => code === what || (typeof what === 'string' ? msg.includes(what) : what.test(msg)));
          if (found) settle(() => resolve(found));
        };
        const settle = (outcome: () => void) => {
          clearTimeout(timer);
          child.stdout.off('data', look);
          child.stderr.off('data', look);
          outcome();
        };
        const fail = (why: string) => settle(() => reject(new Error(`"${what}" is not in the log (${why}):\n${log}`)));
        const timer = setTimeout(() => fail('timeout'), options.patience ?? 15_000);
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(() => fail('the exporter ended'));
        look();
      });
    },
    async stop() {
      child.kill('SIGTERM');
      const { code } = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Starts the built exporter on a free loopback port and waits until it serves metrics. */
export async function startExporter(options: ExporterOptions = {}): Promise<RunningExporter> {
  const launched = launchExporter(options);
  const { url } = await launched.logged('Metrics are at').catch(async (error: unknown) => {
    launched.process.kill('SIGKILL');
    await launched.stop();
    throw error;
  });
  const base = String(url).replace(/\/$/, '');
  return {
    ...launched,
    url: base,
    async get(path, headers = {}) {
      const response = await fetch(base + path, { headers });
      const text = await response.text();
      if (response.status !== 200) {
        throw new Error(`GET ${path} answered ${response.status}: ${text}`);
      }
      return text;
    },
  };
}

function parseEntry(line: string): LogEntry[] {
  try {
    return [JSON.parse(line) as LogEntry];
  } catch {
    return [];
  }
}
