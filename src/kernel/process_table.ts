import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** Processes whose names one look reads. With 1,500 processes it takes 7 ms, half of it for their list. */
const LOOKS = 100;
/** The kernel cuts names after 15 bytes. */
const COMMAND_BYTES = 64;
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
  readonly #buffer = Buffer.alloc(COMMAND_BYTES);
  /** Processes in the order of their next look. */
  #turn: number[] = [];
  /** The looks of a refresh that is to come. */
  #due: number | undefined;

  /** @param proc procfs of the host */
  constructor(proc: string) {
    this.#proc = proc;
  }

  /** Has the next `chosen` refresh first. Without one, nothing is read. */
  expire(looks = LOOKS): void {
    this.#due = looks;
  }

  /** @param looks processes whose names are read at most */
  refresh(looks = LOOKS): void {
    this.#due = undefined;
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
    if (this.#due !== undefined) this.refresh(this.#due);
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

  #commandOf(pid: number): string {
    const fd = openSync(`${this.#proc}/${pid}/comm`, 'r');
    try {
      return this.#buffer.toString('utf8', 0, readSync(fd, this.#buffer) - 1);
    } finally {
      closeSync(fd);
    }
  }

  #look(pid: number): void {
    try {
      const command = this.#commandOf(pid);
      const known = this.#processes.get(pid);
      // One whose name changed is another program, which may soon change again.
      const looks = known?.command === command ? known.looks + 1 : 1;
      this.#processes.set(pid, { command, looks });
    } catch {
      this.#processes.delete(pid);
    }
  }
}
