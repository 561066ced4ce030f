import type { Register } from '../ir/program.js';

/** Registers of one function, a bit each. */
export class RegisterSet {
  readonly #words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** An empty set. @param registers how many the function has */
  static of(registers: number): RegisterSet {
    return new RegisterSet(new Uint32Array((registers >>> 5) + 1));
  }

  copy(): RegisterSet {
    return new RegisterSet(this.#words.slice());
  }

  has(register: Register): boolean {
    return ((this.#words[register >>> 5]! >>> (register & 31)) & 1) === 1;
  }

  add(register: Register): void {
    this.#words[register >>> 5]! |= 1 << (register & 31);
  }

  delete(register: Register): void {
    this.#words[register >>> 5]! &= ~(1 << (register & 31));
  }

  /** @returns whether the set has grown */
  addAll(other: RegisterSet): boolean {
    const words = other.#words;
    const own = this.#words;
    let hasGrown = false;
    for (let index = 0; index < own.length; index++) {
      const before = own[index]!;
      const after = (before | words[index]!) >>> 0;
      if (after === before) continue;
      own[index] = after;
      hasGrown = true;
    }
    return hasGrown;
  }

  each(visit: (register: Register) => void): void {
    const own = this.#words;
    for (let index = 0; index < own.length; index++) {
      for (let bits = own[index]!; bits !== 0; bits &= bits - 1) visit((index << 5) + 31 - Math.clz32(bits & -bits));
    }
  }
}
