/** Writes one function of the intermediate form, block by block. */
import type {
  BasicBlock,
  Comparison,
  Ending,
  Instruction,
  IrFunction,
  Operand,
  Operation,
  Register,
  Width,
} from '../ir/program.js';
import type { Place } from '../syntax/tree.js';

/** Numbers of `enum bpf_func_id`. */
export const helpers = {
  lookUp: 1,
  update: 2,
  delete: 3,
  nanosecondsSinceBoot: 5,
  random: 7,
  cpu: 8,
  processAndThread: 14,
  userAndGroup: 15,
  command: 16,
  task: 35,
  numaNode: 42,
  stack: 67,
  cgroup: 80,
  readUser: 112,
  readKernel: 113,
  readUserText: 114,
  readKernelText: 115,
  jiffies: 118,
  ancestorCgroup: 123,
  bootNanoseconds: 125,
  coarseNanoseconds: 160,
  instructionPointer: 173,
  cookie: 174,
  forEachEntry: 164,
  loop: 181,
  lookUpOfCpu: 195,
  taiNanoseconds: 208,
} as const;

export const constant = (value: number | bigint): { readonly constant: bigint } => ({ constant: BigInt(value) });
export const isConstant = (operand: Operand): operand is { readonly constant: bigint } => typeof operand !== 'number';

/** Memory of the program's own: a slot of the stack, or what a register points to. */
export type Memory =
  | { readonly slot: number; readonly offset: number }
  | { readonly base: Register; readonly offset: number };

export const shifted = (memory: Memory, bytes: number): Memory => ({ ...memory, offset: memory.offset + bytes });

type OpenBlock = { instructions: Instruction[]; ending: Ending | undefined };

// A part of the 512 bytes: the rest is for registers that do not fit.
export const mostOnStack = 288;
const largestOnStack = 64;

export class FunctionBuilder {
  /** What the instructions are made for. */
  place: Place | undefined;
  private readonly blocks: OpenBlock[] = [];
  private readonly slots: { bytes: number; isFree: boolean }[] = [];
  private registers = 0;
  private current = 0;

  /** @param stack bytes that slots may take together, frames excluded */
  constructor(private readonly stack = mostOnStack) {
    this.block();
  }

  register(): Register {
    return this.registers++;
  }

  /** A new block. Nothing is written into it before `continueIn`. */
  block(): number {
    return this.blocks.push({ instructions: [], ending: undefined }) - 1;
  }

  continueIn(block: number): void {
    this.current = block;
  }

  /** Whether the current block has ended: what follows is never run. */
  get isEnded(): boolean {
    return this.blocks[this.current]!.ending !== undefined;
  }

  emit(instruction: Instruction): void {
    if (this.isEnded) return;
    this.blocks[this.current]!.instructions.push(this.placed(instruction));
  }

  end(ending: Ending): void {
    if (this.isEnded) return;
    this.blocks[this.current]!.ending = this.placed(ending);
  }

  /** A copy would double the time that writing an instruction takes. @param made nobody else has it */
  private placed<Made extends { readonly place?: Place }>(made: Made): Made {
    if (this.place !== undefined) (made as { place?: Place }).place = this.place;
    return made;
  }

  jump(block: number): void {
    this.end({ kind: 'jump', block });
  }

  branch(comparison: Comparison, left: Operand, right: Operand, then: number, otherwise: number): void {
    this.end({ kind: 'branch', comparison, bits: 64, left: this.inRegister(left), right, then, else: otherwise });
  }

  /** Continues only if it is not 0. */
  unlessZero(value: Operand, otherwise: number): void {
    const next = this.block();
    this.branch('unequal', value, constant(0), next, otherwise);
    this.continueIn(next);
  }

  inRegister(operand: Operand): Register {
    if (!isConstant(operand)) return operand;
    const to = this.register();
    this.emit({ kind: 'set', to, value: operand });
    return to;
  }

  set(to: Register, value: Operand): void {
    this.emit({ kind: 'set', to, value });
  }

  operate(operation: Operation, left: Operand, right: Operand): Register {
    const to = this.register();
    this.emit({ kind: 'operate', operation, bits: 64, to, left, right });
    return to;
  }

  extend(from: Operand, width: Width, isSigned: boolean): Operand {
    if (isConstant(from)) {
      const bits = width * 8;
      return constant(isSigned ? BigInt.asIntN(bits, from.constant) : BigInt.asUintN(bits, from.constant));
    }
    if (width === 8) return from;
    const to = this.register();
    this.emit({ kind: 'extend', to, from, width, isSigned });
    return to;
  }

  load(memory: Memory, width: Width = 8, isSigned = false): Register {
    const to = this.register();
    const { base, offset } = this.based(memory);
    this.emit({ kind: 'load', to, base, offset, width, isSigned });
    return to;
  }

  store(memory: Memory, value: Operand, width: Width = 8): void {
    const { base, offset } = this.based(memory);
    this.emit({ kind: 'store', base, offset, width, value });
  }

  addAtomically(memory: Memory, value: Operand): void {
    const { base, offset } = this.based(memory);
    this.emit({ kind: 'addAtomically', base, offset, width: 8, value });
  }

  /** @returns the helper's result */
  helper(helper: number, ...parameters: Operand[]): Register {
    const to = this.register();
    this.emit({ kind: 'helper', to, helper, arguments: parameters });
    return to;
  }

  call(name: string, ...parameters: Operand[]): Register {
    const to = this.register();
    this.emit({ kind: 'call', to, function: name, arguments: parameters });
    return to;
  }

  /** Calls a function of the kernel that gives an address. */
  callKernel(name: string, ...parameters: Operand[]): Register {
    const to = this.register();
    this.emit({ kind: 'call', to, function: name, isOfKernel: true, arguments: parameters });
    return to;
  }

  map(map: string): Register {
    const to = this.register();
    this.emit({ kind: 'map', to, map });
    return to;
  }

  addressOf(memory: Memory): Register {
    const { base, offset } = this.based(memory);
    return offset === 0 ? base : this.operate('add', base, constant(offset));
  }

  /** Fills with zeroes. @param bytes a multiple of 8 */
  clear(memory: Memory, bytes: number): void {
    const { base, offset } = this.based(memory);
    for (let at = 0; at < bytes; at += 8)
      this.emit({ kind: 'store', base, offset: offset + at, width: 8, value: constant(0) });
  }

  /** @param bytes a multiple of 8 */
  copy(to: Memory, from: Memory, bytes: number): void {
    const source = this.based(from);
    const target = this.based(to);
    for (let at = 0; at < bytes; at += 8) {
      const word = this.register();
      this.emit({ kind: 'load', to: word, base: source.base, offset: source.offset + at, width: 8, isSigned: false });
      this.emit({ kind: 'store', base: target.base, offset: target.offset + at, width: 8, value: word });
    }
  }

  /** A place on the stack, until `free`; undefined: none is left, or it is too large for the stack. @param bytes a multiple of 8 */
  slot(bytes: number): { slot: number; offset: number } | undefined {
    const free = this.slots.findIndex((slot) => slot.isFree && slot.bytes === bytes);
    if (free >= 0) {
      this.slots[free]!.isFree = false;
      return { slot: free, offset: 0 };
    }
    const used = this.slots.reduce((sum, slot) => sum + slot.bytes, 0);
    if (bytes > largestOnStack || used + bytes > this.stack) return undefined;
    return { slot: this.slots.push({ bytes, isFree: false }) - 1, offset: 0 };
  }

  /** A place on the stack until the function ends, whatever its size. @param bytes a multiple of 8 */
  frame(bytes: number): { slot: number; offset: number } {
    return { slot: this.slots.push({ bytes, isFree: false }) - 1, offset: 0 };
  }

  /** The address of a variable or function of the kernel. */
  kernelSymbol(symbol: string): Register {
    const to = this.register();
    this.emit({ kind: 'kernelSymbol', to, symbol });
    return to;
  }

  /** Writes code that never runs: only its types are of interest. */
  aside<Result>(run: () => Result): Result {
    const { current } = this;
    this.current = this.block();
    try {
      return run();
    } finally {
      this.current = current;
    }
  }

  functionAddress(name: string): Register {
    const to = this.register();
    this.emit({ kind: 'functionAddress', to, function: name });
    return to;
  }

  free(slot: number): void {
    this.slots[slot]!.isFree = true;
  }

  /** @param section undefined: other functions call it */
  finish(name: string, section: string | undefined, parameters: readonly Register[]): IrFunction {
    const blocks = this.blocks.map(
      ({ instructions, ending }): BasicBlock => ({
        instructions,
        ending: ending ?? { kind: 'return', value: constant(0) },
      }),
    );
    return {
      name,
      section,
      parameters,
      registers: this.registers,
      slots: this.slots.map(({ bytes }) => ({ bytes })),
      blocks,
    };
  }

  private based(memory: Memory): { base: Register; offset: number } {
    if ('base' in memory) return memory;
    const base = this.register();
    this.emit({ kind: 'slotAddress', to: base, slot: memory.slot, offset: memory.offset });
    return { base, offset: 0 };
  }
}
