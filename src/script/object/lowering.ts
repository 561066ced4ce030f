import type { Ending, Instruction, IrFunction, Operand } from '../ir/program.js';
import type { Place as TextPlace } from '../syntax/tree.js';
import { type Allocation, allocate, scratch } from './allocation.js';
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
  pseudo,
  store,
  swap,
} from './bytecode.js';
import { OpenJumps, opposite } from './jumps.js';
import type { LoweredFunction, Reference } from './lowered_function.js';
import { frame, MachineCode } from './machine_code.js';
import { ordered } from './moves.js';
import { StackFrame } from './stack_frame.js';

/** Writes a register and does nothing else. */
type ValueInstruction = Exclude<Instruction, { kind: 'store' | 'addAtomically' | 'helper' | 'call' }>;

const [first, second] = scratch;

/** Translates a function to BPF instructions. It has no signed divisions any more. */
export function lower(code: IrFunction): LoweredFunction {
  return new Lowering(code, allocate(code)).run();
}

class Lowering {
  readonly #code: IrFunction;
  readonly #places: Allocation['places'];
  readonly #stack: StackFrame;
  readonly #machine: MachineCode;
  readonly #jumps: OpenJumps;
  readonly #starts: number[] = [];
  readonly #references: { at: number; reference: Reference }[] = [];
  readonly #texts: { at: number; place: TextPlace }[] = [];

  constructor(code: IrFunction, { places: allocated, spills }: Allocation) {
    this.#code = code;
    this.#places = allocated;
    this.#jumps = new OpenJumps(code.name);
    this.#stack = new StackFrame(code.slots, spills);
    this.#machine = new MachineCode(code.name, allocated, this.#stack);
  }

  run(): LoweredFunction {
    this.#enter();
    for (const [number, block] of this.#code.blocks.entries()) {
      this.#starts.push(this.#machine.position);
      for (const instruction of block.instructions) {
        this.#mark(instruction.place);
        this.#lower(instruction);
      }
      this.#mark(block.ending.place);
      this.#end(block.ending, number + 1);
    }
    return {
      instructions: this.#jumps.closed(this.#machine.instructions, this.#starts),
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
      else this.#machine.emit(store(frame, this.#stack.spill(place.spill), 8, { register: from }));
    }
    for (const { to, from } of ordered(moves, first)) this.#machine.emit(move(to, from));
  }

  #lower(instruction: Instruction): void {
    switch (instruction.kind) {
      case 'store':
        this.#machine.emit(
          store(
            this.#machine.inRegister(instruction.base, second),
            instruction.offset,
            instruction.width,
            this.#machine.source(instruction.value, first),
          ),
        );
        break;
      case 'addAtomically': {
        const base = this.#machine.inRegister(instruction.base, second);
        const value = this.#machine.inRegister(instruction.value, first);
        this.#machine.emit(addAtomically(base, instruction.offset, instruction.width, value));
        break;
      }
      case 'helper':
      case 'call':
        this.#call(instruction);
        break;
      default:
        this.#machine.write(instruction.to, (to) => this.#value(instruction, to));
    }
  }

  /** Puts the value of an instruction into a register of the machine. */
  #value(instruction: ValueInstruction, to: number): void {
    switch (instruction.kind) {
      case 'set':
        this.#machine.fetch(instruction.value, to);
        break;
      case 'operate':
        this.#operate(instruction, to);
        break;
      case 'extend':
        this.#machine.fetch(instruction.from, to);
        this.#extend(to, 8 * instruction.width, instruction.isSigned);
        break;
      case 'swap':
        this.#machine.fetch(instruction.from, to);
        this.#machine.emit(swap(to, instruction.bits));
        break;
      case 'load':
        this.#machine.emit(
          load(to, this.#machine.inRegister(instruction.base, second), instruction.offset, instruction.width),
        );
        if (instruction.isSigned) this.#extend(to, 8 * instruction.width, true);
        break;
      case 'slotAddress':
        this.#machine.emit(move(to, frame));
        this.#machine.emit(
          operate('add', 64, to, { constant: this.#stack.slot(instruction.slot) + instruction.offset }),
        );
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
      this.#machine.emit(call(instruction.helper));
    } else {
      const { function: name, isOfKernel } = instruction;
      this.#references.push({
        at: this.#machine.position,
        reference: { kind: isOfKernel ? 'kernel call' : 'call', name },
      });
      this.#machine.emit(call(-1, pseudo.call));
    }
    const place = instruction.to === undefined ? undefined : this.#places[instruction.to];
    if (place === undefined) return;
    if ('register' in place) this.#machine.emit(move(place.register, 0));
    else this.#machine.emit(store(frame, this.#stack.spill(place.spill), 8, { register: 0 }));
  }

  #operate({ operation, bits, left, right }: Extract<Instruction, { kind: 'operate' }>, target: number): void {
    if (operation === 'signedDiv' || operation === 'signedMod') throw new Error('Signed divisions were replaced');
    // The kernel refuses shifts by the width or more, and division by the constant 0.
    const operand =
      typeof right === 'object' && /shift/i.test(operation) ? { constant: right.constant & BigInt(bits - 1) } : right;
    const isUndefined = typeof operand === 'object' && operand.constant === 0n && /^(div|mod)$/.test(operation);
    if (isUndefined) {
      this.#machine.fetch(operation === 'div' ? { constant: 0n } : left, target);
      this.#extend(target, bits, false);
      return;
    }
    // The target must not be overwritten before the right side was read.
    const isTargetRead =
      typeof operand === 'number' && this.#machine.registerOf(operand) === target && operand !== left;
    const work = isTargetRead ? first : target;
    const source = this.#machine.source(operand, second);
    this.#machine.fetch(left, work);
    this.#machine.emit(operate(operation, bits, work, source));
    if (work !== target) this.#machine.emit(move(target, work));
  }

  #extend(to: number, bits: number, isSigned: boolean): void {
    if (bits === 64) return;
    if (!isSigned && bits === 32) {
      this.#machine.emit(operate('set', 32, to, { register: to }));
    } else if (!isSigned) {
      this.#machine.emit(operate('and', 64, to, { constant: 2 ** bits - 1 }));
    } else {
      this.#machine.emit(operate('shiftLeft', 64, to, { constant: 64 - bits }));
      this.#machine.emit(operate('signedShiftRight', 64, to, { constant: 64 - bits }));
    }
  }

  #setArguments(operands: readonly Operand[]): void {
    const moves: { to: number; from: number }[] = [];
    for (const [index, operand] of operands.entries()) {
      const from = typeof operand === 'number' ? this.#machine.registerOf(operand) : undefined;
      if (from !== undefined) moves.push({ to: index + 1, from });
    }
    for (const { to, from } of ordered(moves, first)) this.#machine.emit(move(to, from));
    for (const [index, operand] of operands.entries()) {
      if (typeof operand === 'object' || this.#machine.registerOf(operand) === undefined)
        this.#machine.fetch(operand, index + 1);
    }
  }

  #end(ending: Ending, next: number): void {
    switch (ending.kind) {
      case 'return':
        this.#machine.fetch(ending.value, 0);
        this.#machine.emit(exit);
        return;
      case 'jump':
        if (ending.block !== next) this.#jump(ending.block, jump(0));
        return;
      case 'branch': {
        const left = this.#machine.inRegister(ending.left, first);
        const right = this.#machine.source(ending.right, second);
        const isThenNext = ending.then === next && ending.comparison !== 'anyBit';
        const comparison = isThenNext ? opposite(ending.comparison) : ending.comparison;
        this.#jump(isThenNext ? ending.else : ending.then, jumpIf(comparison, ending.bits, left, right, 0));
        const other = isThenNext ? ending.then : ending.else;
        if (other !== next) this.#jump(other, jump(0));
      }
    }
  }

  #jump(block: number, instruction: BpfInstruction): void {
    this.#jumps.add(this.#machine.instructions.length, block);
    this.#machine.emit(instruction);
  }

  #refer(to: number, value: bigint, reference: Reference, from: number = pseudo.none): void {
    this.#references.push({ at: this.#machine.position, reference });
    this.#machine.emit(loadWide(to, value, from));
  }

  #mark(place: TextPlace | undefined): void {
    if (place !== undefined && this.#texts.at(-1)?.place !== place)
      this.#texts.push({ at: this.#machine.position, place });
  }
}
