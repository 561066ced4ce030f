import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const source = join(import.meta.dirname, '../fixtures/programs/burn.c');

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

/** test/fixtures/programs/burn.c, compiled with frame pointers. */
export class BurningProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), 'santabpf-burn-'));
  readonly file: string;

  /** @param name of the program, and so its command */
  constructor(name: string) {
    chmodSync(this.#folder, 0o755);
    this.file = join(this.#folder, name);
    // Not optimized away: a function that only calls another would otherwise jump there and have no frame.
    const flags = ['-O1', '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls', '-fno-inline'];
    execFileSync('gcc', [...flags, '-o', this.file, source], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Runs before other work of the machine, which needs root. @param milliseconds of CPU time */
  async burn(milliseconds: number): Promise<Burnt> {
    const { stdout } = await promisify(execFile)('nice', ['-n', '-19', this.file, String(milliseconds)]);
    return JSON.parse(stdout) as Burnt;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
