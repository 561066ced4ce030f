import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const sources = join(import.meta.dirname, '../fixtures/programs');

/** The bounds of a part of the program in its memory. */
export type Bounds = readonly [from: number, to: number];

/** What a run says of itself. */
export interface Burnt {
  readonly pid: number;
  readonly cpu_milliseconds: number;
  readonly burn_twice: Bounds;
  readonly burn_once: Bounds;
  /** The functions that call these two. */
  readonly caller: Bounds;
}

/** The same of a program that sleeps. */
export interface Slept {
  readonly pid: number;
  readonly milliseconds: number;
  readonly nap_twice: Bounds;
  readonly nap_once: Bounds;
  readonly caller: Bounds;
}

/** A program of test/fixtures/programs, compiled with frame pointers. */
class FramedProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), 'santabpf-program-'));
  readonly file: string;

  /** @param name of the program, and so its command */
  constructor(source: string, name: string) {
    chmodSync(this.#folder, 0o755);
    this.file = join(this.#folder, name);
    // Not optimized away: a function that only calls another would otherwise jump there and have no frame.
    const flags = ['-O1', '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls', '-fno-inline'];
    execFileSync('gcc', [...flags, '-o', this.file, join(sources, source)], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Runs before other work of the machine, which needs root. */
  protected async run(...words: readonly number[]): Promise<unknown> {
    const { stdout } = await promisify(execFile)('nice', ['-n', '-19', this.file, ...words.map(String)]);
    return JSON.parse(stdout);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** test/fixtures/programs/burn.c */
export class BurningProgram extends FramedProgram {
  constructor(name: string) {
    super('burn.c', name);
  }

  /** @param milliseconds of CPU time */
  async burn(milliseconds: number): Promise<Burnt> {
    return (await this.run(milliseconds)) as Burnt;
  }
}

/** test/fixtures/programs/sleep.c */
export class SleepingProgram extends FramedProgram {
  constructor(name: string) {
    super('sleep.c', name);
  }

  /** @param milliseconds of each nap */
  async sleep(naps: number, milliseconds: number): Promise<Slept> {
    return (await this.run(naps, Math.round(1e6 * milliseconds))) as Slept;
  }
}
