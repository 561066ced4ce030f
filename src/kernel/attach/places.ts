import { fault, SantaError } from '../../errors/fault.js';
import { isNativeError, type Link } from '../addon.js';
import type { ProcessTable } from '../process_table.js';
import type { Hook } from './kinds.js';

/** Others can make processes and interfaces without end. */
export const MAXIMUM_PLACES = 64;

/** A program whose places come and go. Valid until its object is closed. */
export interface MovingHook {
  /**
   * Attaches to places that are new, and detaches from those that are gone.
   * @returns what is wrong now
   */
  follow(processes: ProcessTable): SantaError | undefined;
}

/** A place of a program, such as a file or an interface. */
interface Place {
  readonly links: readonly Link[];
  /** Why the program is not attached there. It is not tried again while the place exists. */
  readonly problem: SantaError | undefined;
}

/** The places of one program by their keys. The object owns the links. */
export class Places {
  readonly #hook: Hook;
  readonly #wanted: string;
  readonly #places = new Map<string, Place>();
  #isFull = false;

  /** @param wanted what the program waits for while it has no place: a noun phrase */
  constructor(hook: Hook, wanted: string) {
    this.#hook = hook;
    this.#wanted = wanted;
  }

  /**
   * Makes these the places of the program: attaches to those that are new, and detaches from those that are gone.
   * @param attach throws a NativeError or SantaError
   */
  follow(keys: ReadonlySet<string>, attach: (key: string) => Link[]): void {
    for (const [key, { links }] of this.#places) {
      if (keys.has(key)) continue;
      for (const link of links) link.detach();
      this.#places.delete(key);
    }
    this.#isFull = keys.size > MAXIMUM_PLACES;
    for (const key of keys) {
      if (this.#places.size >= MAXIMUM_PLACES) break;
      if (!this.#places.has(key))
        this.#places.set(
          key,
          this.#placeOf(() => attach(key)),
        );
    }
  }

  /** Where the program is attached. */
  get attached(): number {
    return [...this.#places.values()].filter(({ problem }) => problem === undefined).length;
  }

  /** What is wrong: a place that failed, too many places, or none. */
  get problem(): SantaError | undefined {
    const { program, section } = this.#hook;
    for (const { problem } of this.#places.values()) if (problem !== undefined) return problem;
    if (this.#isFull)
      return fault('HOOK_PLACES_FULL', { program, section, most: MAXIMUM_PLACES, wanted: this.#wanted });
    return this.#places.size > 0 ? undefined : fault('HOOK_WAITS', { program, section, wanted: this.#wanted });
  }

  #placeOf(attach: () => Link[]): Place {
    try {
      return { links: attach(), problem: undefined };
    } catch (error) {
      if (error instanceof SantaError) return { links: [], problem: error };
      if (!isNativeError(error)) throw error;
      const { program, section } = this.#hook;
      const problem = fault(
        'HOOK_PLACE_REFUSED',
        { program, section, wanted: this.#wanted, errno: error.code },
        { cause: error },
      );
      return { links: [], problem };
    }
  }
}
