import { SantaError } from '../errors/fault.js';

/**
 * Chooses the programs to load. Each list holds programs for the same purpose, in order of preference: a kernel may lack the
 * hook of the first, or pass other arguments to it. Optional programs may be left out altogether.
 */
export class Alternatives {
  readonly #lists: readonly (readonly string[])[];
  readonly #chosen: number[];
  readonly #optional: readonly string[];
  readonly #nested: Readonly<Record<string, string>>;
  readonly #omitted: string[] = [];
  readonly #omissions: SantaError[] = [];
  /** Of each list: why the first program that failed did, or the first that the host does not allow. */
  readonly #reasons: (SantaError | undefined)[] = [];

  /**
   * @param optional programs that may be left out
   * @param nested twins by program, which are loaded only together with it
   */
  constructor(
    lists: readonly (readonly string[])[],
    optional: readonly string[] = [],
    nested: Readonly<Record<string, string>> = {},
  ) {
    this.#lists = lists;
    this.#chosen = lists.map(() => 0);
    this.#optional = optional;
    this.#nested = nested;
  }

  /** Programs that must not be loaded: all of each list but the chosen one, those left out, and the twins of both. */
  unused(): string[] {
    const unused = [
      ...this.#lists.flatMap((list, i) => list.filter((_, j) => j !== this.#chosen[i])),
      ...this.#omitted,
    ];
    return [...unused, ...unused.flatMap((program) => this.#nested[program] ?? [])];
  }

  /** Moves every list on to its next program that is not avoided. A list without one stays where it is. */
  avoid(isAvoided: (program: string) => boolean): void {
    for (const [index, list] of this.#lists.entries()) {
      const next = list.findIndex((program, j) => j >= this.#chosen[index]! && !isAvoided(program));
      if (next >= 0) {
        this.#chosen[index] = next;
      }
    }
  }

  /**
   * Chooses the next program of the list in place of one that failed, or leaves an optional program out if its hook
   * cannot be used.
   * @returns false if neither is possible
   */
  replace(program: string, failure: SantaError): boolean {
    const { code, isUnsupported } = failure;
    const index = this.#listOf(program);
    if (index >= 0 && this.#reasons[index]?.scope !== 'host') {
      this.#reasons[index] = failure.scope === 'host' ? failure : (this.#reasons[index] ?? failure);
    }
    if (this.advance(program)) return true;
    const isOmitted = (isUnsupported || code === 'ATTACH_FAILED') && this.omit(program);
    if (isOmitted) this.#omissions.push(failure);
    return isOmitted;
  }

  /** Why optional programs were left out, in that order. */
  get omissions(): readonly SantaError[] {
    return this.#omissions;
  }

  /**
   * Why nothing replaces a program that failed: the first choice of its list failed for the reason that matters.
   * @param failure of the program itself
   */
  reason(program: string | undefined, failure: SantaError): SantaError {
    const first = program === undefined ? undefined : this.#reasons[this.#listOf(program)];
    if (first === undefined || first === failure) return failure;
    // What the host does not allow at all needs no second reason.
    if (first.scope === 'host') return first;
    if (failure.scope === 'host') return failure;
    const message = `${first.message}\nIts last alternative fails too: ${failure.message}`;
    return new SantaError(first.code, message, first.remedy, first.location, first.cause);
  }

  /** The index of the list whose chosen program it is; -1 if there is none. */
  #listOf(program: string): number {
    return this.#lists.findIndex((list, i) => list[this.#chosen[i]!] === program);
  }

  /**
   * Moves the list whose chosen program is `program` on to its next one.
   * @returns false if the program is in no list, or is the last of its list
   */
  advance(program: string): boolean {
    const index = this.#listOf(program);
    if (index < 0 || this.#chosen[index]! + 1 >= this.#lists[index]!.length) {
      return false;
    }
    this.#chosen[index]! += 1;
    return true;
  }

  /** Leaves a program out. @returns false if it is not optional, or is left out already */
  omit(program: string): boolean {
    if (!this.#optional.includes(program) || this.#omitted.includes(program)) {
      return false;
    }
    this.#omitted.push(program);
    return true;
  }
}
