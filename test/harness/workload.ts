import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const built = join(import.meta.dirname, '../../build/test/workload');

/** What a workload says that it did. */
export interface WorkloadFacts {
  readonly workload: string;
  readonly pid: number;
  readonly count: number;
  /** How long it took by its own clock. */
  readonly nanoseconds: number;
  readonly [fact: string]: number | string;
}

/** The generator of test/workload, in a folder of its own that every user may enter. */
export class Workload {
  readonly folder: string;
  readonly file: string;
  readonly #noise: ChildProcess[] = [];

  constructor() {
    if (!existsSync(built)) throw new Error(`Expected ${built}; build it with: node setup/setup.mjs test`);
    this.folder = mkdtempSync(join(tmpdir(), 'santabpf-workload-'));
    chmodSync(this.folder, 0o755);
    this.file = join(this.folder, 'workload');
    copyFileSync(built, this.file);
  }

  /** Does exactly what it is asked to; rejects when it could not. */
  async perform(...args: readonly (string | number)[]): Promise<WorkloadFacts> {
    const { stdout } = await run(this.file, args.map(String));
    return JSON.parse(stdout) as WorkloadFacts;
  }

  /** The program under another file name, which is its command name after an execution. */
  named(name: string): string {
    const link = join(this.folder, name);
    symlinkSync('workload', link);
    return link;
  }

  /** The same work as endless noise, until `close`. */
  makeNoise(...args: readonly (string | number)[]): void {
    this.#noise.push(spawn(this.file, args.map(String), { stdio: ['ignore', 'ignore', 'inherit'] }));
  }

  /** Ends the noise and removes the folder; throws when a noise had ended by itself, for then it was quiet. */
  async close(): Promise<void> {
    const quiet = this.#noise.filter(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    await Promise.all(this.#noise.map(ended));
    rmSync(this.folder, { recursive: true, force: true });
    if (quiet.length > 0)
      throw new Error(`Expected noise but it ended: ${quiet.map((one) => one.spawnargs.join(' '))}`);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
