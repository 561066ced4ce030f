import { ProcessTable } from './process_table.js';

/** Something that is attached to processes or interfaces which come and go. */
export interface PlaceFollower {
  /** @param processes read when it is asked */
  follow(processes: ProcessTable): void;
}

/** Tells its followers every two seconds which processes there are. Without followers it does nothing. */
export class PlaceWatch {
  readonly #proc: string;
  readonly #intervalMs: number;
  readonly #followers = new Set<PlaceFollower>();
  #processes: ProcessTable;
  #timer: NodeJS.Timeout | undefined;

  /** @param proc procfs of the host */
  constructor(proc: string, intervalMs = 2000) {
    this.#proc = proc;
    this.#intervalMs = intervalMs;
    this.#processes = new ProcessTable(proc);
  }

  /** Calls the follower at once, with all processes that run. */
  add(follower: PlaceFollower): void {
    this.#followers.add(follower);
    this.#timer ??= setInterval(() => this.#look(), this.#intervalMs).unref();
    this.#processes.expire(Number.MAX_SAFE_INTEGER);
    follower.follow(this.#processes);
  }

  remove(follower: PlaceFollower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#processes = new ProcessTable(this.#proc);
  }

  #look(): void {
    this.#processes.expire();
    for (const follower of this.#followers) follower.follow(this.#processes);
  }
}
