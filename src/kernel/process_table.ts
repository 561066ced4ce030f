import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Processes that one look reads: some 2 ms. */
const LOOKS = 200;
/** A new process may still become another program: it is looked at this often before it takes its turn with the others. */
const YOUNG_LOOKS = 5;

/** Which processes to watch: all with a command name, or one. */
export interface ProcessChoice {
  readonly command?: string | undefined;
  readonly pid?: number | undefined;
}

interface Process {
  command: string;
  looks: number;
}

/**
 * The processes of the host by their command names. Each `refresh` lists all, but reads the names of a bounded number: first those of new
 * processes, then those of others in turn, because a process may change its name.
 */
export class ProcessTable {
  readonly #proc: string;
  readonly #processes = new Map<number, Process>();
  /** Processes in the order of their next look. */
  #turn: number[] = [];

  /** @param proc procfs of the host */
  constructor(proc: string) {
    this.#proc = proc;
  }

  /** @param looks processes whose names are read at most */
  refresh(looks = LOOKS): void {
    const present = new Set(this.#list());
    for (const pid of this.#processes.keys()) if (!present.has(pid)) this.#processes.delete(pid);
    const isYoung = (pid: number) => (this.#processes.get(pid)?.looks ?? 0) < YOUNG_LOOKS;
    const young = [...present].filter(isYoung);
    this.#turn = this.#turn.filter((pid) => present.has(pid) && !isYoung(pid));
    if (this.#turn.length === 0) this.#turn = [...present].filter((pid) => !isYoung(pid));
    // Young ones never take all looks: a neighbour could start processes without end.
    const first = young.slice(-Math.max(Math.floor(looks / 2), looks - this.#turn.length));
    for (const pid of [...first, ...this.#turn.splice(0, looks - first.length)]) this.#look(pid);
  }

  /** Process ids, as of the last `refresh`. */
  chosen({ command, pid }: ProcessChoice): number[] {
    if (pid !== undefined) return this.#processes.has(pid) ? [pid] : [];
    return [...this.#processes].filter(([, process]) => process.command === command).map(([id]) => id);
  }

  #list(): number[] {
    try {
      return readdirSync(this.#proc).map(Number).filter(Number.isInteger);
    } catch {
      return [];
    }
  }

  #look(pid: number): void {
    try {
      const command = readFileSync(join(this.#proc, `${pid}/comm`), 'utf8').slice(0, -1);
      const known = this.#processes.get(pid);
      // One whose name changed is another program, which may soon change again.
      const looks = known?.command === command ? known.looks + 1 : 1;
      this.#processes.set(pid, { command, looks });
    } catch {
      this.#processes.delete(pid);
    }
  }
}
