import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const built = join(import.meta.dirname, '../../build/test/workload');

/** The facts that a workload reports about its run. */
export interface WorkloadFacts {
  readonly workload: string;
  readonly pid: number;
  readonly count: number;
  /** Duration measured by the workload. */
  readonly nanoseconds: number;
  readonly [fact: string]: number | string;
}

/** The workload generator of test/workload, copied to a temporary folder that every user may enter. */
export class Workload {
  readonly folder: string;
  readonly file: string;
  readonly #noise: ChildProcess[] = [];

  constructor() {
    if (!existsSync(built)) throw new Error(`${built} does not exist. Build it with: node setup/setup.mjs test`);
    this.folder = mkdtempSync(join(tmpdir(), 'santabpf-workload-'));
    chmodSync(this.folder, 0o755);
    this.file = join(this.folder, 'workload');
    copyFileSync(built, this.file);
  }

  /** Runs a workload to its end; rejects if it fails. */
  async perform(...args: readonly (string | number)[]): Promise<WorkloadFacts> {
    const { stdout } = await run(this.file, args.map(String));
    return JSON.parse(stdout) as WorkloadFacts;
  }

  /** Runs a workload to its end by a command that runs the rest of its arguments. */
  async performBy(wrapper: readonly string[], ...args: readonly (string | number)[]): Promise<WorkloadFacts> {
    const [command = '', ...rest] = wrapper;
    const { stdout } = await run(command, [...rest, this.file, ...args.map(String)]);
    return JSON.parse(stdout) as WorkloadFacts;
  }

  /** A symbolic link to the program. Executed by it, the program has this command name. @returns the path */
  named(name: string): string {
    const link = join(this.folder, name);
    symlinkSync('workload', link);
    return link;
  }

  /** Starts a workload that runs until `close`. */
  makeNoise(...args: readonly (string | number)[]): void {
    this.#noise.push(spawn(this.file, args.map(String), { stdio: ['ignore', 'ignore', 'inherit'] }));
  }

  /** Stops the noise and removes the folder. Throws if a noise process ended early, because the test then ran without noise. */
  async close(): Promise<void> {
    const endedEarly = this.#noise.filter(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
    await Promise.all(this.#noise.map(ended));
    rmSync(this.folder, { recursive: true, force: true });
    if (endedEarly.length > 0)
      throw new Error(`Noise ended early: ${endedEarly.map((one) => one.spawnargs.join(' '))}`);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
