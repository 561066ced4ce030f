import type { Ending, Instruction, IrFunction, Operand, Register } from '../ir/program.js';
import type { Place as TextPlace } from '../syntax/tree.js';
import { type Allocation, allocate, type Place, scratch } from './allocation.js';
import {
  addAtomically,
  type BpfInstruction,
  call,
  exit,
  jump,
  jumpIf,
  load,
  loadWide,
  move,
  operate,
  places,
  pseudo,
  type Source,
  store,
  swap,
} from './bytecode.js';
import { OpenJumps, opposite } from './jumps.js';
import type { LoweredFunction, Reference } from './lowered_function.js';
import { ordered } from './moves.js';
import { StackFrame } from './stack_frame.js';

/** Writes a register and does nothing else. */
type ValueInstruction = Exclude<Instruction, { kind: 'store' | 'addAtomically' | 'helper' | 'call' }>;

const frame = 10;
const [first, second] = scratch;

/** Translates a function to BPF instructions. It has no signed divisions any more. */
export function lower(code: IrFunction): LoweredFunction {
  return new Lowering(code, allocate(code)).run();
}

class Lowering {
  readonly #code: IrFunction;
  readonly #places: Allocation['places'];
  readonly #stack: StackFrame;
  readonly #output: BpfInstruction[] = [];
  /** Of the next instruction, in places. */
  #position = 0;
  readonly #jumps: OpenJumps;
  readonly #starts: number[] = [];
  readonly #references: { at: number; reference: Reference }[] = [];
  readonly #texts: { at: number; place: TextPlace }[] = [];

  constructor(code: IrFunction, { places: allocated, spills }: Allocation) {
    this.#code = code;
    this.#places = allocated;
    this.#jumps = new OpenJumps(code.name);
    this.#stack = new StackFrame(code.slots, spills);
  }

  run(): LoweredFunction {
    this.#enter();
    for (const [number, block] of this.#code.blocks.entries()) {
      this.#starts.push(this.#position);
      for (const instruction of block.instructions) {
        this.#mark(instruction.place);
        this.#lower(instruction);
      }
      this.#mark(block.ending.place);
      this.#end(block.ending, number + 1);
    }
    return {
      instructions: this.#jumps.closed(this.#output, this.#starts),
      references: this.#references,
      texts: this.#texts,
      stackBytes: this.#stack.bytes,
    };
  }

  /** Takes the parameters from r1 on. */
  #enter(): void {
    const moves: { to: number; from: number }[] = [];
    for (const [index, register] of this.#code.parameters.entries()) {
      const place = this.#places[register];
      const from = index + 1;
      if (place === undefined) continue;
      if ('register' in place) moves.push({ to: place.register, from });
      else this.#emit(store(frame, this.#stack.spill(place.spill), 8, { register: from }));
    }
    for (const { to, from } of ordered(moves, first)) this.#emit(move(to, from));
  }

  #lower(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'store':
        this.#emit(
          store(
            this.#inRegister(instruction.base, second),
            instruction.offset,
            instruction.width,
            this.#source(instruction.value, first),
          ),
        );
        break;
      case 'addAtomically': {
        const base = this.#inRegister(instruction.base, second);
        const value = this.#inRegister(instruction.value, first);
        this.#emit(addAtomically(base, instruction.offset, instruction.width, value));
        break;
      }
      case 'helper':
      case 'call':
        this.#call(instruction);
        break;
      default:
        this.#write(instruction.to, (to) => this.#value(instruction, to));
    }
  }

  /** Puts the value of an instruction into a register of the machine. */
  #value(instruction: ValueInstruction, to: number): void {
    switch (instruction.kind) {
      case 'set':
        this.#fetch(instruction.value, to);
        break;
      case 'operate':
        this.#operate(instruction, to);
        break;
      case 'extend':
        this.#fetch(instruction.from, to);
        this.#extend(to, 8 * instruction.width, instruction.isSigned);
        break;
      case 'swap':
        this.#fetch(instruction.from, to);
        this.#emit(swap(to, instruction.bits));
        break;
      case 'load':
        this.#emit(load(to, this.#inRegister(instruction.base, second), instruction.offset, instruction.width));
        if (instruction.isSigned) this.#extend(to, 8 * instruction.width, true);
        break;
      case 'slotAddress':
        this.#emit(move(to, frame));
        this.#emit(operate('add', 64, to, { constant: this.#stack.slot(instruction.slot) + instruction.offset }));
        break;
      case 'map':
        this.#refer(to, 0n, { kind: 'map', name: instruction.map });
        break;
      case 'mapValue':
        this.#refer(to, BigInt(instruction.offset), { kind: 'data', section: instruction.map });
        break;
      case 'kernelSymbol':
        this.#refer(to, 0n, { kind: 'kernel', name: instruction.symbol });
        break;
      case 'functionAddress':
        this.#refer(to, 0n, { kind: 'function', name: instruction.function }, pseudo.function);
    }
  }

  #call(instruction: Extract<Instruction, { kind: 'helper' | 'call' }>): void {
    this.#setArguments(instruction.arguments);
    if (instruction.kind === 'helper') {
      this.#emit(call(instruction.helper));
    } else {
      const { function: name, isOfKernel } = instruction;
      this.#references.push({ at: this.#position, reference: { kind: isOfKernel ? 'kernel call' : 'call', name } });
      this.#emit(call(-1, pseudo.call));
    }
    const place = instruction.to === undefined ? undefined : this.#places[instruction.to];
    if (place === undefined) return;
    if ('register' in place) this.#emit(move(place.register, 0));
    else this.#emit(store(frame, this.#stack.spill(place.spill), 8, { register: 0 }));
  }

  #operate({ operation, bits, left, right }: Extract<Instruction, { kind: 'operate' }>, target: number): void {
    if (operation === 'signedDiv' || operation === 'signedMod') throw new Error('Signed divisions were replaced');
    // The kernel refuses shifts by the width or more, and division by the constant 0.
    const operand =
      typeof right === 'object' && /shift/i.test(operation) ? { constant: right.constant & BigInt(bits - 1) } : right;
    const isUndefined = typeof operand === 'object' && operand.constant === 0n && /^(div|mod)$/.test(operation);
    if (isUndefined) {
      this.#fetch(operation === 'div' ? { constant: 0n } : left, target);
      this.#extend(target, bits, false);
      return;
    }
    // The target must not be overwritten before the right side was read.
    const isTargetRead = typeof operand === 'number' && this.#machine(operand) === target && operand !== left;
    const work = isTargetRead ? first : target;
    const source = this.#source(operand, second);
    this.#fetch(left, work);
    this.#emit(operate(operation, bits, work, source));
    if (work !== target) this.#emit(move(target, work));
  }

  #extend(to: number, bits: number, isSigned: boolean): void {
    if (bits === 64) return;
    if (!isSigned && bits === 32) {
      this.#emit(operate('set', 32, to, { register: to }));
    } else if (!isSigned) {
      this.#emit(operate('and', 64, to, { constant: 2 ** bits - 1 }));
    } else {
      this.#emit(operate('shiftLeft', 64, to, { constant: 64 - bits }));
      this.#emit(operate('signedShiftRight', 64, to, { constant: 64 - bits }));
    }
  }

  #setArguments(operands: readonly Operand[]): void {
    const moves: { to: number; from: number }[] = [];
    for (const [index, operand] of operands.entries()) {
      const from = typeof operand === 'number' ? this.#machine(operand) : undefined;
      if (from !== undefined) moves.push({ to: index + 1, from });
    }
    for (const { to, from } of ordered(moves, first)) this.#emit(move(to, from));
    for (const [index, operand] of operands.entries()) {
      if (typeof operand === 'object' || this.#machine(operand) === undefined) this.#fetch(operand, index + 1);
    }
  }

  #end(ending: Ending, next: number): void {
    switch (ending.kind) {
      case 'return':
        this.#fetch(ending.value, 0);
        this.#emit(exit);
        return;
      case 'jump':
        if (ending.block !== next) this.#jump(ending.block, jump(0));
        return;
      case 'branch': {
        const left = this.#inRegister(ending.left, first);
        const right = this.#source(ending.right, second);
        const isThenNext = ending.then === next && ending.comparison !== 'anyBit';
        const comparison = isThenNext ? opposite(ending.comparison) : ending.comparison;
        this.#jump(isThenNext ? ending.else : ending.then, jumpIf(comparison, ending.bits, left, right, 0));
        const other = isThenNext ? ending.then : ending.else;
        if (other !== next) this.#jump(other, jump(0));
      }
    }
  }

  #jump(block: number, instruction: BpfInstruction): void {
    this.#jumps.add(this.#output.length, block);
    this.#emit(instruction);
  }

  /** Has `produce` write a register of the machine, which becomes the value of a virtual one. */
  #write(to: Register, produce: (target: number) => void): void {
    const place = this.#places[to];
    if (place === undefined) return;
    const target = 'register' in place ? place.register : first;
    produce(target);
    if ('spill' in place) this.#emit(store(frame, this.#stack.spill(place.spill), 8, { register: target }));
  }

  /** Puts a value into a register of the machine. */
  #fetch(operand: Operand, to: number): void {
    if (typeof operand === 'object') {
      const constant = BigInt.asIntN(64, operand.constant);
      if (isShort(constant)) this.#emit(operate('set', 64, to, { constant: Number(constant) }));
      else if (constant > 0 && constant < 1n << 32n)
        this.#emit(operate('set', 32, to, { constant: Number(BigInt.asIntN(32, constant)) }));
      else this.#emit(loadWide(to, constant));
      return;
    }
    const place = this.#placeOf(operand);
    if ('spill' in place) this.#emit(load(to, frame, this.#stack.spill(place.spill), 8));
    else if (place.register !== to) this.#emit(move(to, place.register));
  }

  /** The register that holds a value, which is put into `spare` if none does. */
  #inRegister(operand: Operand, spare: number): number {
    const machine = typeof operand === 'number' ? this.#machine(operand) : undefined;
    if (machine !== undefined) return machine;
    this.#fetch(operand, spare);
    return spare;
  }

  /** A short constant as it is, anything else in a register. */
  #source(operand: Operand, spare: number): Source {
    if (typeof operand === 'object') {
      const constant = BigInt.asIntN(64, operand.constant);
      if (isShort(constant)) return { constant: Number(constant) };
    }
    return { register: this.#inRegister(operand, spare) };
  }

  #machine(register: Register): number | undefined {
    const place = this.#placeOf(register);
    return 'register' in place ? place.register : undefined;
  }

  #placeOf(register: Register): Place {
    const place = this.#places[register];
    if (place === undefined)
      throw new Error(`Function ${this.#code.name} reads register ${register}, which nothing has written`);
    return place;
  }

  #refer(to: number, value: bigint, reference: Reference, from: number = pseudo.none): void {
    this.#references.push({ at: this.#position, reference });
    this.#emit(loadWide(to, value, from));
  }

  #mark(place: TextPlace | undefined): void {
    if (place !== undefined && this.#texts.at(-1)?.place !== place) this.#texts.push({ at: this.#position, place });
  }

  #emit(instruction: BpfInstruction): void {
    this.#output.push(instruction);
    this.#position += places(instruction);
  }
}

function isShort(constant: bigint): boolean {
  return BigInt.asIntN(32, constant) === constant;
}
