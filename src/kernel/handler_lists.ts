/** Handlers that one kind of call can have, for each of its results. As in bpf/include/syscall_dispatch.h. */
export const HANDLERS_OF_A_CALL = 8;
/** The results in the order of the bits of `wants`. */
const results = [0, 1];
/** Bytes of the lists of one kind of call. */
export const LIST_BYTES = HANDLERS_OF_A_CALL * results.length;

/**
 * For every kind of call the places of its handlers: those for calls that succeeded, then those for calls that failed, each
 * ascending and filled up with zeroes.
 */
export class HandlerLists {
  readonly #lists: Uint8Array;

  /** @param kinds number of kinds of calls */
  constructor(kinds: number) {
    this.#lists = new Uint8Array(kinds * LIST_BYTES);
  }

  /** The lists of a kind, `LIST_BYTES` long. Overwritten by later changes. */
  of(kind: number): Uint8Array {
    return this.#lists.subarray(kind * LIST_BYTES, (kind + 1) * LIST_BYTES);
  }

  /**
   * Adds a handler.
   * @param wants by kind of call: bit 0 for calls that succeeded, bit 1 for those that failed
   * @returns the kinds whose lists have changed; undefined if one of them is full, then nothing has changed
   */
  add(place: number, wants: Uint8Array): number[] | undefined {
    const wanted = [...wants.keys()].filter((kind) => wants[kind] !== 0);
    if (wanted.some((kind) => results.some((result) => wants[kind]! & (1 << result) && this.#isFull(kind, result)))) {
      return undefined;
    }
    for (const kind of wanted) {
      for (const result of results) {
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
    for (let kind = 0; kind < this.#lists.length / LIST_BYTES; kind++) {
      if (!this.of(kind).includes(place)) continue;
      changed.push(kind);
      for (const result of results) {
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
    return this.of(kind).subarray(result * HANDLERS_OF_A_CALL, (result + 1) * HANDLERS_OF_A_CALL);
  }
}
