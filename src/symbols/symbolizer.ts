import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { fault, type SantaError } from '../errors/fault.js';
import { packageFolder } from '../package_folder.js';
import type { Interpreter, ProfileStack, StackSample, Symbolizer } from '../stacks/profile.js';
import { Helper } from './helper.js';
import { KernelFunctions } from './kernel_functions.js';
import { Modules } from './modules.js';
import { Processes } from './processes.js';
import { isPythonCode, PythonProcesses } from './python_processes.js';
import { TableCache } from './table_cache.js';
import { calling, UserFrames } from './user_frames.js';

export interface SymbolizerOptions {
  /** Path of the host's /proc. */
  readonly proc: string;
  /** The built native/symbols. */
  readonly program?: string;
  /** Limit of the memory for tables. */
  readonly cacheBytes?: number;
  /** Called when the program cannot be started, at most once a minute: stacks then show modules and offsets. */
  readonly onUnavailable?: (error: SantaError) => void;
}

/** What a symbolizer holds and did. */
export interface SymbolizerStatus {
  /** Memory for names, of the kernel too. */
  readonly bytes: number;
  /** Processes whose mappings are known. */
  readonly processes: number;
  /** Files and perf maps that could not be parsed, since the start. */
  readonly unreadableFiles: number;
  /** How often the helper process was started. */
  readonly helperStarts: number;
}

const builtProgram = join(packageFolder, 'build/Release/santabpf_symbols');
const defaultCacheBytes = 64 << 20;
/** Stacks are shown without the names that are not there by then. */
const longestWaitMs = 20_000;
/** Other work gets its turn after this time. */
const turnMs = 5;

/**
 * Names frames: of the kernel from /proc/kallsyms, of programs from symbol tables, debug files and perf maps. A helper
 * process opens and parses what belongs to other users. Memory and CPU time are bounded, per user too.
 */
export class FrameSymbolizer implements Symbolizer {
  private readonly helper: Helper;
  private readonly cache: TableCache;
  private readonly processes: Processes;
  private readonly modules: Modules;
  private readonly python: PythonProcesses;
  private readonly kernel: KernelFunctions;

  constructor({ proc, program = builtProgram, cacheBytes = defaultCacheBytes, onUnavailable }: SymbolizerOptions) {
    const now = () => performance.now();
    this.helper = new Helper(program, proc, (reason) => {
      onUnavailable?.(fault('SYMBOLS_UNAVAILABLE', { path: program, reason }));
    });
    this.cache = new TableCache(cacheBytes, now);
    this.modules = new Modules(this.helper, this.cache, now);
    this.kernel = new KernelFunctions(proc, now);
    // Files are read while the process lives: afterwards nothing leads to those of another mount namespace.
    this.processes = new Processes(this.helper, now, (process, hasNewMappings) => {
      if (hasNewMappings) this.modules.loadNew(process);
      void this.modules.loadJit(process);
    });
    this.python = new PythonProcesses(this.helper, this.processes, this.modules, now);
  }

  async observePython(samples: readonly StackSample[]): Promise<readonly Interpreter[]> {
    const wanted = new Map<number, Set<bigint>>();
    for (const { pid, user } of samples) {
      if (pid === 0) continue;
      const addresses = wanted.get(pid) ?? new Set();
      wanted.set(pid, addresses);
      for (const address of user) if (isPythonCode(address)) addresses.add(address);
    }
    await Promise.all([...wanted].map(([pid, addresses]) => this.python.observe(pid, [...addresses])));
    return this.python.interpreters();
  }

  get status(): SymbolizerStatus {
    return {
      bytes: this.cache.bytes + this.kernel.bytes,
      processes: this.processes.size,
      unreadableFiles: this.cache.failures,
      helperStarts: this.helper.starts,
    };
  }

  observe(pids: Iterable<number>): Promise<void> {
    return this.processes.observe(pids);
  }

  async symbolize(samples: readonly StackSample[]): Promise<readonly ProfileStack[]> {
    const frames = new UserFrames(this.processes, this.modules, this.python);
    const pause = pauses();
    for (const { pid, user } of samples) {
      frames.want(pid, user);
      await pause();
    }
    await atMost(longestWaitMs, Promise.all([this.kernel.load(), frames.load()]));
    const stacks: ProfileStack[] = [];
    for (const sample of samples) {
      stacks.push(this.stack(sample, frames));
      await pause();
    }
    return stacks;
  }

  close(): void {
    this.helper.close();
  }

  private stack({ labels, pid, kernel, user, value }: StackSample, frames: UserFrames): ProfileStack {
    return {
      labels,
      value,
      frames: [...kernel.map((address, i) => this.kernel.frame(calling(address, i))), ...frames.stack(pid, user)],
    };
  }
}

function atMost(milliseconds: number, work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds).unref();
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** Gives other work its turn when called, every few milliseconds. */
function pauses(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < turnMs) return undefined;
    return otherWork().then(() => {
      since = performance.now();
    });
  };
}
