import type { Slot } from '../ir/program.js';

/** What the kernel allows for a function, and for all functions that are called at a time together. */
export const stackBytes = 512;

/** A function needs more than the kernel's stack has. */
export class StackOverflow extends Error {
  constructor(
    readonly functionName: string,
    readonly bytes: number,
  ) {
    super(`Function ${functionName} needs ${bytes} bytes of stack: the kernel has ${stackBytes}`);
  }
}

/** The places of slots and spilled registers, as offsets from the frame pointer. */
export class StackFrame {
  readonly #slots: number[] = [];
  readonly #bytes: number;

  /** @throws StackOverflow */
  constructor(name: string, slots: readonly Slot[], spills: number) {
    let bytes = 0;
    for (const slot of slots) {
      bytes += Math.ceil(slot.bytes / 8) * 8;
      this.#slots.push(-bytes);
    }
    this.#bytes = bytes;
    const total = bytes + 8 * spills;
    if (total > stackBytes) throw new StackOverflow(name, total);
  }

  slot(index: number): number {
    return this.#slots[index]!;
  }

  spill(index: number): number {
    return -this.#bytes - 8 * (index + 1);
  }
}
