/** Handlers that one kind of events can have, for each of its results. As in bpf/include/handlers.h. */
export const HANDLERS_OF_AN_EVENT = 8;

/** For every kind of events and each of its results the places of the handlers, ascending and filled up with zeroes. */
export class HandlerLists {
  readonly #lists: Uint8Array;
  /** In the order of the bits of `wants`. */
  readonly #results: readonly number[];
  readonly #bytesOfKind: number;

  /**
   * @param kinds number of kinds of events
   * @param results number of results that an event can have
   */
  constructor(kinds: number, results: number) {
    this.#results = [...new Array(results).keys()];
    this.#bytesOfKind = results * HANDLERS_OF_AN_EVENT;
    this.#lists = new Uint8Array(kinds * this.#bytesOfKind);
  }

  /** The lists of a kind, one after the other. Overwritten by later changes. */
  of(kind: number): Uint8Array {
    return this.#lists.subarray(kind * this.#bytesOfKind, (kind + 1) * this.#bytesOfKind);
  }

  /**
   * Adds a handler.
   * @param wants by kind of events, a bit for each result
   * @returns the kinds whose lists have changed; undefined if one of them is full, then nothing has changed
   */
  add(place: number, wants: Uint8Array): number[] | undefined {
    const wanted = [...wants.keys()].filter((kind) => wants[kind] !== 0);
    if (
      wanted.some((kind) => this.#results.some((result) => wants[kind]! & (1 << result) && this.#isFull(kind, result)))
    ) {
      return undefined;
    }
    for (const kind of wanted) {
      for (const result of this.#results) {
        if (!(wants[kind]! & (1 << result))) continue;
        const list = this.#list(kind, result);
        list.set([...list.filter(Boolean), place].sort((a, b) => a - b));
      }
    }
    return wanted;
  }

  /** Removes a handler. @returns the kinds whose lists have changed */
  remove(place: number): number[] {
    const changed = [];
    for (let kind = 0; kind < this.#lists.length / this.#bytesOfKind; kind++) {
      if (!this.of(kind).includes(place)) continue;
      changed.push(kind);
      for (const result of this.#results) {
        const list = this.#list(kind, result);
        const rest = list.filter((other) => other !== 0 && other !== place);
        list.fill(0);
        list.set(rest);
      }
    }
    return changed;
  }

  #isFull(kind: number, result: number): boolean {
    return this.#list(kind, result).at(-1) !== 0;
  }

  #list(kind: number, result: number): Uint8Array {
    return this.of(kind).subarray(result * HANDLERS_OF_AN_EVENT, (result + 1) * HANDLERS_OF_AN_EVENT);
  }
}
