import { ownerOf } from './allowance.js';
import { type Helper, Refusal } from './helper.js';
import type { Mapping, ObservedProcess } from './processes.js';
import type { Table } from './table.js';
import type { TableCache } from './table_cache.js';

/** The helper gives a worker ten seconds, and opens two files. */
const limitMs = 15_000;
const openLimitMs = 3000;
/** Notes on debug files and perf maps. */
const keptFiles = 4096;
const debugFilesMs = 600_000;
const leastJitMs = 2000;
const jitPause = 50;
const failedJitMs = 30_000;
const vdsoKey = 'vdso';
/** A vDSO of a 32-bit process is another one. */
const above32Bits = 2 ** 32;

interface JitLoad {
  /** Identity of the perf map; '' if it could not be read. */
  perfMap: string;
  next: number;
  done: Promise<void>;
}

/** The tables of what processes have mapped, and of the code that they compile at run time. */
export class Modules {
  /** Identities of debug files by view of the files and build-id; '' where there is none. */
  private readonly debugFiles = new Map<string, { identity: string; until: number }>();

  /** Which version of its perf map was loaded last of a process, and when the next may be. */
  private readonly jitLoads = new Map<string, JitLoad>();

  constructor(
    private readonly helper: Pick<Helper, 'ask'>,
    private readonly cache: TableCache,
    private readonly now: () => number,
  ) {}

  /** The table of a mapping as far as it is loaded. */
  tableOf({ view }: ObservedProcess, mapping: Mapping): Table | undefined {
    if (isVdso(mapping)) return this.cache.get(vdsoKey);
    const { identity } = mapping;
    if (identity === undefined) return undefined;
    const table = this.cache.get(identity);
    if (table === undefined || table.isComplete) return table;
    const debug = this.debugFiles.get(`${view}|${table.buildId}`)?.identity;
    return (debug ? this.cache.get(`${identity}|${debug}`) : undefined) ?? table;
  }

  /** Loads the tables of a process in the background, without those that had to make room for others before. */
  loadNew(process: ObservedProcess): void {
    for (const mapping of process.mappings) {
      if (mapping.identity === undefined || !this.cache.wasEvicted(mapping.identity)) void this.load(process, mapping);
    }
  }

  /** Loads the table of a mapping. Never rejects. */
  async load(process: ObservedProcess, mapping: Mapping): Promise<void> {
    const owner = ownerOf(process.user);
    if (isVdso(mapping)) {
      // The kernel's own: nobody else pays for it.
      await this.cache.load(vdsoKey, ownerOf(0), () => this.helper.ask('vdso', limitMs));
      return;
    }
    const { identity, range, rawPath } = mapping;
    if (identity === undefined) return;
    const { pid } = process;
    const file = `${range} ${identity} ${rawPath}`;
    const table = await this.cache.load(identity, owner, () => this.helper.ask(`elf ${pid} ${file}`, limitMs));
    if (table === undefined || table.isComplete || table.buildId === '') return;
    const debug = await this.debugFile(process, table.buildId);
    if (debug === '') return;
    const request = `elf_with_debug ${pid} ${table.buildId} ${debug} ${file}`;
    await this.cache.load(`${identity}|${debug}`, owner, () => this.helper.ask(request, limitMs));
  }

  /** The table of a process's perf map as far as it is loaded. */
  jitTableOf(process: ObservedProcess): Table | undefined {
    return this.cache.get(jitKey(process));
  }

  /**
   * Loads the table of a perf map if the process has one that changed since. It grows with the program's run: the next
   * load may come after fifty times the CPU time of this one. Never rejects.
   */
  async loadJit(process: ObservedProcess): Promise<void> {
    const { perfMap } = process;
    if (perfMap === undefined) return;
    const key = jitKey(process);
    let load = this.jitLoads.get(key);
    if (load === undefined || (load.perfMap !== perfMap && this.now() >= load.next)) {
      load = { perfMap, next: this.now() + leastJitMs, done: Promise.resolve() };
      load.done = this.readJit(process, load);
      this.jitLoads.delete(key);
      this.jitLoads.set(key, load);
      if (this.jitLoads.size > keptFiles) this.jitLoads.delete(this.jitLoads.keys().next().value!);
    }
    await load.done;
  }

  private async readJit(process: ObservedProcess, load: JitLoad): Promise<void> {
    let isRead = false;
    await this.cache.reload(jitKey(process), ownerOf(process.user), async () => {
      const answer = await this.helper.ask(`perfmap ${process.pid}`, limitMs);
      load.next = this.now() + Math.max(leastJitMs, jitPause * answer.cpuMs);
      isRead = true;
      return answer;
    });
    if (isRead) return;
    load.perfMap = '';
    load.next = this.now() + failedJitMs;
  }

  private async debugFile({ pid, view }: ObservedProcess, buildId: string): Promise<string> {
    const key = `${view}|${buildId}`;
    const known = this.debugFiles.get(key);
    if (known !== undefined && known.until > this.now()) return known.identity;
    let identity = '';
    try {
      identity = Buffer.from((await this.helper.ask(`debug ${pid} ${buildId}`, openLimitMs)).payload).toString(
        'latin1',
      );
    } catch (error) {
      // A process that has ended says nothing about its files.
      if (error instanceof Refusal && !error.isOfFile) return '';
    }
    this.debugFiles.set(key, { identity, until: this.now() + debugFilesMs });
    if (this.debugFiles.size > keptFiles) this.debugFiles.delete(this.debugFiles.keys().next().value!);
    return identity;
  }
}

function isVdso({ path, start }: Mapping): boolean {
  return path === '[vdso]' && start >= above32Bits;
}

function jitKey({ pid, startTime }: ObservedProcess): string {
  return `jit ${pid} ${startTime}`;
}
