import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { end, launch } from './children.js';
import { root } from './root.js';

export interface ExporterOptions {
  /** Path of the main configuration file. Default: the shipped one. */
  readonly configFile?: string;
  /** Whether `longestStall()` works. */
  readonly stalls?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built exporter in a separate process. */
export class ExporterProcess {
  readonly port: number;
  readonly process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.process = process;
    this.port = port;
  }

  /** Resolves when all probes are attached. @throws when one is down */
  static async start({ configFile, stalls = false, environment }: ExporterOptions = {}): Promise<ExporterProcess> {
    const stallProbe = fileURLToPath(new URL('./stall_probe.js', import.meta.url));
    const child = launch(
      process.execPath,
      [
        ...(stalls ? ['--import', stallProbe] : []),
        join(root, 'dist/main.js'),
        `--config.file=${configFile ?? join(root, 'config/santabpf.yaml')}`,
        '--web.listen-address=127.0.0.1:0',
        '--log.format=json',
      ],
      {
        stdio: ['ignore', 'ignore', 'pipe', ...(stalls ? (['ipc'] as const) : [])],
        env: { ...process.env, ...environment },
      },
    );
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stderr! })) {
      lines.push(line);
      const entry: unknown = JSON.parse(line);
      if (typeof entry !== 'object' || entry === null) continue;
      if ('down' in entry && entry.down !== 0) break;
      if ('url' in entry) {
        child.stderr!.resume();
        return new ExporterProcess(child, Number(new URL(String(entry.url)).port));
      }
    }
    child.kill('SIGKILL');
    throw new Error(`The exporter did not start with all probes:\n${lines.join('\n')}`);
  }

  async get(path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${text}`);
    return text;
  }

  /** The longest time in milliseconds that the event loop was held since the last call. Needs `stalls`. */
  longestStall(): Promise<number> {
    return new Promise((resolve) => {
      this.process.once('message', (milliseconds) => resolve(Number(milliseconds)));
      this.process.send!('take');
    });
  }

  /** Anonymous memory in bytes. */
  anonymousMemory(): number {
    return anonymousMemory(this.process.pid!);
  }

  /** CPU time so far, in seconds, user and system. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    // In clock ticks, 100 per second.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    await end(this.process);
  }
}

/** Anonymous memory of a process in bytes: memory that no file backs. */
export function anonymousMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
