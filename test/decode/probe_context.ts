import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DecodeContext, UserStack } from '../../src/decode/context.js';

/** A context with its own empty /proc, /sys and /etc, and with a clock and timers that tests advance. */
export class FakeContext implements DecodeContext {
  private readonly folder = mkdtempSync(join(tmpdir(), 'santabpf-decode-'));
  readonly roots = {
    root: this.folder,
    proc: join(this.folder, 'proc'),
    sys: join(this.folder, 'sys'),
    etc: join(this.folder, 'etc'),
  };
  arch = 'x64';
  time = 1_000_000;
  /** Enums of the kernel, and how often one was read. */
  readonly kernelEnums = new Map<string, readonly (readonly [name: string, value: number | bigint])[]>();
  kernelEnumReads = 0;
  private timers: { at: number; callback: () => void }[] = [];

  readonly now = (): number => this.time;

  async kernelEnum(name: string): Promise<readonly (readonly [name: string, value: number | bigint])[] | undefined> {
    this.kernelEnumReads++;
    return this.kernelEnums.get(name);
  }

  /** The functions of each address; of others `[unknown]`. */
  readonly functions = new Map<bigint, string>();
  readonly stacksNamed: UserStack[] = [];

  async userFunctions(stacks: readonly UserStack[]): Promise<readonly (readonly string[])[]> {
    this.stacksNamed.push(...stacks);
    return stacks.map(({ addresses }) => addresses.map((address) => this.functions.get(address) ?? '[unknown]'));
  }

  later(milliseconds: number, callback: () => void): void {
    this.timers.push({ at: this.time + milliseconds, callback });
  }

  /** Advances the clock and calls the timers that are due. */
  advance(milliseconds: number): void {
    this.time += milliseconds;
    const due = this.timers.filter(({ at }) => at <= this.time);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    for (const { callback } of due) callback();
  }

  /** Writes a file, such as `etc/passwd`. */
  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  remove(path = ''): void {
    rmSync(join(this.folder, path), { recursive: true, force: true });
  }
}
