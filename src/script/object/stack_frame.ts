import type { Slot } from '../ir/program.js';

/** The places of slots and spilled registers, as offsets from the frame pointer. */
export class StackFrame {
  readonly bytes: number;
  readonly #slots: number[] = [];
  readonly #slotBytes: number;

  constructor(slots: readonly Slot[], spills: number) {
    let bytes = 0;
    for (const slot of slots) {
      bytes += Math.ceil(slot.bytes / 8) * 8;
      this.#slots.push(-bytes);
    }
    this.#slotBytes = bytes;
    this.bytes = bytes + 8 * spills;
  }

  slot(index: number): number {
    return this.#slots[index]!;
  }

  spill(index: number): number {
    return -this.#slotBytes - 8 * (index + 1);
  }
}
