import type { Interpreter, ProfileKind, Symbolizer } from './profile.js';
import type { Collected } from './stack_program.js';

/** What the kernel summed in [from, to), in Unix milliseconds. `from` is `to` minus the time that went by. */
export interface Batch extends Collected {
  readonly from: number;
  readonly to: number;
}

/** Sums by stack, in the kernel. */
export interface StackSource {
  collect(): Promise<Collected>;
  /** Has the program note the functions of these Pythons, and of no others. */
  follow(interpreters: readonly Interpreter[]): void;
  close(): void;
}

export interface CollectorOptions {
  /** Loads and attaches the program of a kind. @throws SantaError */
  load(kind: ProfileKind): Promise<StackSource>;
  readonly symbolizer: Pick<Symbolizer, 'observe' | 'observePython'>;
  /** Milliseconds, never going back. */
  now(): number;
  /** Unix milliseconds. */
  date(): number;
  /** Receives why a collection failed; the next one is tried in time. */
  onFailure(kind: ProfileKind, error: unknown): void;
}

/** Receives what was collected. It must not throw. */
export type Listener = (batch: Batch) => void;

/** Between two collections. */
export const collectionMs = 5000;

/** Ends a subscription. Resolves when its last batch was delivered. */
export type End = () => Promise<void>;

interface Running {
  readonly source: StackSource;
  readonly listeners: Set<Listener>;
  readonly timer: NodeJS.Timeout;
  /** Clock of `now` at the last collection. */
  collectedAt: number;
}

/**
 * Collects stacks while somebody listens, every five seconds. The program of a kind is loaded for its first listener, and unloaded
 * after the last.
 */
export class StackCollector {
  readonly #options: CollectorOptions;
  readonly #running = new Map<ProfileKind, Running>();
  /** By kind: the end of the last call. Calls for the same kind take turns. */
  readonly #turns = new Map<ProfileKind, Promise<unknown>>();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Delivers everything that is collected from now on.
   * @throws SantaError if the program of this kind cannot be loaded
   */
  async listen(kind: ProfileKind, listener: Listener): Promise<End> {
    await this.#inTurn(kind, () => this.#add(kind, listener));
    let ended: Promise<void> | undefined;
    return () => {
      ended ??= this.#inTurn(kind, () => this.#remove(kind, listener));
      return ended;
    };
  }

  /** Collects now, for all listeners of the kind. Never rejects. */
  flush(kind: ProfileKind): Promise<void> {
    return this.#inTurn(kind, () => this.#collect(kind));
  }

  /** The loaded program of a kind. */
  source(kind: ProfileKind): StackSource | undefined {
    return this.#running.get(kind)?.source;
  }

  async #add(kind: ProfileKind, listener: Listener): Promise<void> {
    if (this.#running.has(kind)) {
      // What was summed before belongs to the other listeners only.
      await this.#collect(kind);
    } else {
      const source = await this.#options.load(kind);
      this.#running.set(kind, {
        source,
        listeners: new Set(),
        timer: setInterval(() => void this.flush(kind), collectionMs).unref(),
        collectedAt: this.#options.now(),
      });
    }
    this.#running.get(kind)!.listeners.add(listener);
  }

  async #remove(kind: ProfileKind, listener: Listener): Promise<void> {
    const running = this.#running.get(kind)!;
    await this.#collect(kind);
    running.listeners.delete(listener);
    if (running.listeners.size > 0) return;
    clearInterval(running.timer);
    this.#running.delete(kind);
    running.source.close();
  }

  async #collect(kind: ProfileKind): Promise<void> {
    const running = this.#running.get(kind);
    if (running === undefined) return;
    const { now, date, symbolizer, onFailure } = this.#options;
    try {
      const at = now();
      const to = date();
      const from = to - (at - running.collectedAt);
      const collected = await running.source.collect();
      running.collectedAt = at;
      await symbolizer.observe(new Set(collected.stacks.map(({ pid }) => pid).filter((pid) => pid !== 0)));
      const interpreters = await symbolizer.observePython(collected.stacks);
      for (const listener of running.listeners) listener({ ...collected, from, to });
      running.source.follow(interpreters);
    } catch (error) {
      onFailure(kind, error);
    }
  }

  #inTurn<T>(kind: ProfileKind, work: () => Promise<T>): Promise<T> {
    const result = (this.#turns.get(kind) ?? Promise.resolve()).then(work);
    this.#turns.set(
      kind,
      result.catch(() => {}),
    );
    return result;
  }
}
