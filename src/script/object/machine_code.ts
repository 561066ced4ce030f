/** Instructions of the machine, and where it has the values of virtual registers. */
import type { Operand, Register } from '../ir/program.js';
import { type Allocation, type Place, scratch } from './allocation.js';
import { type BpfInstruction, load, loadWide, move, operate, places, type Source, store } from './bytecode.js';
import type { StackFrame } from './stack_frame.js';

/** The register with the end of the stack. */
export const frame = 10;

export class MachineCode {
  readonly instructions: BpfInstruction[] = [];
  /** Of the next instruction, in places. */
  position = 0;

  /** @param name of the function, for messages */
  constructor(
    private readonly name: string,
    private readonly places: Allocation['places'],
    private readonly stack: StackFrame,
  ) {}

  emit(instruction: BpfInstruction): void {
    this.instructions.push(instruction);
    this.position += places(instruction);
  }

  /** Has `produce` write a register of the machine, which becomes the value of a virtual one. */
  write(to: Register, produce: (target: number) => void): void {
    const place = this.places[to];
    if (place === undefined) return;
    const target = 'register' in place ? place.register : scratch[0];
    produce(target);
    if ('spill' in place) this.emit(store(frame, this.stack.spill(place.spill), 8, { register: target }));
  }

  /** Puts a value into a register of the machine. */
  fetch(operand: Operand, to: number): void {
    if (typeof operand === 'object') {
      const constant = BigInt.asIntN(64, operand.constant);
      if (isShort(constant)) this.emit(operate('set', 64, to, { constant: Number(constant) }));
      else if (constant > 0 && constant < 1n << 32n)
        this.emit(operate('set', 32, to, { constant: Number(BigInt.asIntN(32, constant)) }));
      else this.emit(loadWide(to, constant));
      return;
    }
    const place = this.placeOf(operand);
    if ('spill' in place) this.emit(load(to, frame, this.stack.spill(place.spill), 8));
    else if (place.register !== to) this.emit(move(to, place.register));
  }

  /** The register that holds a value, which is put into `spare` if none does. */
  inRegister(operand: Operand, spare: number): number {
    const machine = typeof operand === 'number' ? this.registerOf(operand) : undefined;
    if (machine !== undefined) return machine;
    this.fetch(operand, spare);
    return spare;
  }

  /** A short constant as it is, anything else in a register. */
  source(operand: Operand, spare: number): Source {
    if (typeof operand === 'object') {
      const constant = BigInt.asIntN(64, operand.constant);
      if (isShort(constant)) return { constant: Number(constant) };
    }
    return { register: this.inRegister(operand, spare) };
  }

  /** The register of the machine that holds a value. Undefined: it is on the stack. */
  registerOf(register: Register): number | undefined {
    const place = this.placeOf(register);
    return 'register' in place ? place.register : undefined;
  }

  private placeOf(register: Register): Place {
    const place = this.places[register];
    if (place === undefined)
      throw new Error(`Function ${this.name} reads register ${register}, which nothing has written`);
    return place;
  }
}

function isShort(constant: bigint): boolean {
  return BigInt.asIntN(32, constant) === constant;
}
