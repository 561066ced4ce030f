/**
 * The ordered lists of programs of which one each is to be used: a kernel may lack the hook of the first, or give it
 * other arguments. Keeps track of the one in use per list.
 */
export class Alternatives {
  readonly #groups: readonly (readonly string[])[];
  readonly #chosen: number[];
  readonly #optional: readonly string[];
  readonly #omitted: string[] = [];

  /** @param optional programs that may be left out altogether */
  constructor(groups: readonly (readonly string[])[], optional: readonly string[] = []) {
    this.#groups = groups;
    this.#chosen = groups.map(() => 0);
    this.#optional = optional;
  }

  /** Programs that must not be loaded: those of every list that are not the chosen one, and those left out. */
  unused(): string[] {
    return [...this.#groups.flatMap((group, i) => group.filter((_, j) => j !== this.#chosen[i])), ...this.#omitted];
  }

  /** Moves every list on to its first program, from the one in use on, that is not to be avoided, if it has one. */
  avoid(isAvoided: (program: string) => boolean): void {
    for (const [index, group] of this.#groups.entries()) {
      const next = group.findIndex((program, j) => j >= this.#chosen[index]! && !isAvoided(program));
      if (next >= 0) {
        this.#chosen[index] = next;
      }
    }
  }

  /** Programs in use that stand in for an earlier one of their list. */
  fallbacks(): string[] {
    return this.#groups.flatMap((group, i) => (this.#chosen[i] === 0 ? [] : [group[this.#chosen[i]!]!]));
  }

  /**
   * Moves the list whose chosen program is `program` on to its next one.
   * @returns false when the program is in no list, or was the last of its list
   */
  advance(program: string): boolean {
    const index = this.#groups.findIndex((group, i) => group[this.#chosen[i]!] === program);
    if (index < 0 || this.#chosen[index]! + 1 >= this.#groups[index]!.length) {
      return false;
    }
    this.#chosen[index]! += 1;
    return true;
  }

  /** Leaves a program out. @returns false when it may not be */
  omit(program: string): boolean {
    if (!this.#optional.includes(program) || this.#omitted.includes(program)) {
      return false;
    }
    this.#omitted.push(program);
    return true;
  }
}
