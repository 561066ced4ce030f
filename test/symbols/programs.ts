import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Frame } from '../../src/stacks/profile.js';
import { FrameSymbolizer, type SymbolizerOptions } from '../../src/symbols/symbolizer.js';

const sources = join(import.meta.dirname, 'programs');

/** A running program and the addresses that it printed. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  address(name: string): bigint;
  /** Ends it and waits until it is gone. */
  end(): Promise<void>;
}

/** Compiles and runs programs whose functions are to be named; call `close` when done. */
export class Programs {
  readonly folder = mkdtempSync(join(tmpdir(), 'santabpf-symbols-'));
  private readonly running: Running[] = [];
  private readonly symbolizers: FrameSymbolizer[] = [];

  /** Compiles a source of `programs/`. @returns the path of the program */
  compile(name: string, source: string, ...flags: string[]): string {
    const output = join(this.folder, name);
    execFileSync(source.endsWith('.cc') ? 'g++' : 'gcc', ['-O2', '-o', output, join(sources, source), ...flags]);
    return output;
  }

  /** Starts a program and waits until it has printed its addresses. */
  async start(command: string, args: readonly string[] = [], options: SpawnOptions = {}): Promise<Running> {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
    const addresses = new Map<string, bigint>();
    for await (const line of createInterface({ input: child.stdout! })) {
      const [name, address] = line.split(' ');
      if (name === 'ready') break;
      addresses.set(name!, BigInt(address!));
    }
    const running = {
      pid: child.pid!,
      child,
      address: (name: string) => addresses.get(name)!,
      end: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
    this.running.push(running);
    return running;
  }

  symbolizer(options: Partial<SymbolizerOptions> = {}): FrameSymbolizer {
    const symbolizer = new FrameSymbolizer({ proc: '/proc', ...options });
    this.symbolizers.push(symbolizer);
    return symbolizer;
  }

  async close(): Promise<void> {
    for (const symbolizer of this.symbolizers) symbolizer.close();
    for (const running of this.running) await running.end();
    rmSync(this.folder, { recursive: true });
  }
}

/** The frames of single addresses, each as the innermost of a stack. */
export async function framesOf(
  symbolizer: FrameSymbolizer,
  pid: number,
  addresses: readonly bigint[],
): Promise<readonly Frame[]> {
  const samples = addresses.map((address) => ({ labels: {}, pid, kernel: [], user: [address], value: 1 }));
  return (await symbolizer.symbolize(samples)).map(({ frames }) => frames[0]!);
}

/** The names of single addresses. */
export async function namesOf(
  symbolizer: FrameSymbolizer,
  pid: number,
  addresses: readonly bigint[],
): Promise<readonly string[]> {
  return (await framesOf(symbolizer, pid, addresses)).map((frame) => frame.function);
}
