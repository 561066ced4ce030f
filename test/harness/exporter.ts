import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningExporter {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything the exporter logged so far, one JSON object per line. */
  log(): string;
  /** GET of a path; throws on a status other than 200. */
  get(path: string, headers?: Record<string, string>): Promise<string>;
  /** Sends SIGTERM and waits. @returns the exit code */
  stop(): Promise<number | null>;
  /** Path of the main configuration file in use. */
  readonly configFile: string;
}

export interface ExporterOptions {
  /** Text of the main file; `probe_path` should be absolute. Default: all shipped probes by name. */
  readonly config?: string;
  /** Further files of the configuration's folder, by relative path. */
  readonly files?: Record<string, string | Uint8Array>;
  readonly arguments?: readonly string[];
  readonly environment?: Record<string, string>;
  /** Runs as this user id. */
  readonly uid?: number;
  /** Ready within this time, in milliseconds. */
  readonly patience?: number;
}

export const shippedProbePath = join(repository, 'config/probes');

/** A main file that runs just these shipped probes. */
export function configFor(...probes: string[]): string {
  return `probes: [${probes.join(', ')}]\nprobe_path: ["${shippedProbePath}"]\n`;
}

/** Starts the built exporter on a free loopback port and waits until every probe was tried. */
export async function startExporter(options: ExporterOptions = {}): Promise<RunningExporter> {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-test-'));
  const configFile = join(folder, 'santabpf.yaml');
  for (const [name, content] of Object.entries({
    'santabpf.yaml': options.config ?? configFor('syscalls'),
    ...options.files,
  })) {
    writeFileSync(join(folder, name), content, { mode: 0o644 });
  }
  let log = '';
  const child = spawn(
    process.execPath,
    [
      join(repository, 'dist/main.js'),
      `--config.file=${configFile}`,
      '--web.listen-address=127.0.0.1:0',
      '--log.format=json',
      ...(options.arguments ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    },
  );
  child.stdout.on('data', (data: Buffer) => (log += data.toString()));
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const cleanUp = () => rmSync(folder, { recursive: true, force: true });
  const url = await until(
    () => /"url":"(http[^"]+)"/.exec(log)?.[1],
    () => child.exitCode !== null || child.signalCode !== null,
    options.patience ?? 15_000,
    () => `the exporter to listen; its log:\n${log}`,
  ).catch((error: unknown) => {
    child.kill('SIGKILL');
    cleanUp();
    throw error;
  });
  const base = url.replace(/\/$/, '');
  return {
    url: base,
    process: child,
    configFile,
    log: () => log,
    async get(path, headers = {}) {
      const response = await fetch(base + path, { headers });
      const text = await response.text();
      if (response.status !== 200) {
        throw new Error(`GET ${path} answered ${response.status}: ${text}`);
      }
      return text;
    },
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      cleanUp();
      return code;
    },
  };
}

async function until<T>(
  probe: () => T | undefined,
  over: () => boolean,
  patience: number,
  what: () => string,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = probe();
    if (value !== undefined) {
      return value;
    }
    if (over() || Date.now() > deadline) {
      throw new Error(`waited in vain for ${what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
