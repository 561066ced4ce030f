import type { BasicBlock, Ending, Instruction, IrFunction, Register } from '../ir/program.js';
import { liveness, readAll } from './liveness.js';
import { isCall, operandsOf, successors, writtenBy } from './operands.js';

/** Where a virtual register lives: in a register of the machine, or in 8 bytes of the stack, numbered from 0. */
export type Place = { readonly register: number } | { readonly spill: number };

export interface Allocation {
  /** By virtual register; undefined if it is never used. */
  readonly places: readonly (Place | undefined)[];
  readonly spills: number;
}

/** r0 and r5 are kept for values that are on their way: constants, spilled operands, results. */
export const scratch = [0, 5] as const;
/** Sets of registers, a bit each: r6 to r9 survive calls, r1 to r4 do not. */
const keptInCalls = 0b11_1100_0000;
const anyRegister = keptInCalls | 0b1_1110;

interface Interval {
  readonly register: Register;
  start: number;
  end: number;
  /** Whether a call lies within: only r6 to r9 and the stack survive it. */
  crossesCall: boolean;
  /** A register that it is copied from or to: in the same place, the copy costs nothing. */
  friend?: Register;
  /** Reads and writes; more in loops. */
  uses: number;
}

/**
 * Linear scan (Poletto and Sarkar, 1999) over one interval for each virtual register. Where registers are too few, those that are used
 * least often lie on the stack.
 */
export function allocate(code: IrFunction): Allocation {
  const intervals = intervalsOf(code);
  const places = new Array<Place | undefined>(code.registers).fill(undefined);
  let spills = 0;
  const freeSpills: number[] = [];
  let taken = 0;
  let active: (Interval & { readonly machine: number })[] = [];
  let onStack: { readonly end: number; readonly spill: number }[] = [];

  const spillOf = ({ register, end }: Interval): void => {
    const spill = freeSpills.pop() ?? spills++;
    places[register] = { spill };
    onStack.push({ end, spill });
  };

  for (const interval of intervals) {
    active = active.filter(({ end, machine }) => {
      if (end > interval.start) return true;
      taken &= ~(1 << machine);
      return false;
    });
    onStack = onStack.filter(({ end, spill }) => {
      if (end > interval.start) return true;
      freeSpills.push(spill);
      return false;
    });
    const allowed = interval.crossesCall ? keptInCalls : anyRegister;
    const free = allowed & ~taken;
    const friend = interval.friend === undefined ? undefined : places[interval.friend];
    const wished = friend && 'register' in friend ? free & (1 << friend.register) : 0;
    if (free !== 0) {
      const machine = lowest(wished || free);
      places[interval.register] = { register: machine };
      active.push({ ...interval, machine });
      taken |= 1 << machine;
      continue;
    }
    const victims = active.filter(({ machine }) => (allowed >> machine) & 1);
    const victim = victims.reduce((least, one) => (weight(one) < weight(least) ? one : least));
    if (weight(victim) >= weight(interval)) {
      spillOf(interval);
      continue;
    }
    // The victim's interval began before: nothing else may have its place on the stack from there on.
    places[victim.register] = { spill: spills++ };
    onStack.push({ end: victim.end, spill: spills - 1 });
    places[interval.register] = { register: victim.machine };
    active = [...active.filter((one) => one !== victim), { ...interval, machine: victim.machine }];
  }
  return { places, spills };
}

const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** How often it is used per instruction that it occupies a register. */
function weight({ uses, start, end }: Interval): number {
  return uses / (end - start + 1);
}

/** In the order of their starts. Instruction i reads at 2i and writes at 2i + 1; parameters are there at -1. */
function intervalsOf({ blocks, parameters, registers }: IrFunction): Interval[] {
  const intervals = new Array<Interval | undefined>(registers).fill(undefined);
  const extend = (register: Register, position: number): Interval => {
    const known = intervals[register];
    if (known === undefined) {
      const made = { register, start: position, end: position, crossesCall: false, uses: 0 };
      intervals[register] = made;
      return made;
    }
    known.start = Math.min(known.start, position);
    known.end = Math.max(known.end, position);
    return known;
  };
  // Also one that is not read has a place of its own while all of them arrive.
  for (const register of parameters) for (const position of [-1, 0]) extend(register, position);
  const { atEntry, atExit } = liveness(blocks, registers, readAll);
  const calls: number[] = [];
  const inLoop = loopDepths(blocks);
  let index = 0;
  for (let number = 0; number < blocks.length; number++) {
    const { instructions, ending } = blocks[number]!;
    const cost = 8 ** Math.min(4, inLoop[number]!);
    const read = (instruction: Instruction | Ending): void => {
      const operands = operandsOf(instruction);
      for (let i = 0; i < operands.length; i++) {
        const operand = operands[i]!;
        if (typeof operand === 'number') extend(operand, 2 * index).uses += cost;
      }
    };
    // What is live at the beginning of a block lives from its first instruction on, whatever block comes before it in the list.
    const first = 2 * index - 1;
    atEntry[number]!.each((register) => extend(register, first));
    for (let i = 0; i < instructions.length; i++) {
      const instruction = instructions[i]!;
      read(instruction);
      const to = writtenBy(instruction);
      if (to !== undefined) {
        extend(to, 2 * index + 1).uses += cost;
        if (instruction.kind === 'set' && typeof instruction.value === 'number')
          befriend(intervals, to, instruction.value);
        if (instruction.kind === 'operate' && typeof instruction.left === 'number')
          befriend(intervals, to, instruction.left);
      }
      if (isCall(instruction)) calls.push(2 * index);
      index++;
    }
    read(ending);
    const last = 2 * index + 1;
    atExit[number]!.each((register) => extend(register, last));
    index++;
  }
  const used = intervals.filter((one) => one !== undefined);
  for (const interval of used) interval.crossesCall = isAnyBetween(calls, interval.start, interval.end);
  return used.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** @param positions ascending */
function isAnyBetween(positions: readonly number[], start: number, end: number): boolean {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! > start) high = middle;
    else low = middle + 1;
  }
  return low < positions.length && positions[low]! < end;
}

function befriend(intervals: readonly (Interval | undefined)[], a: Register, b: Register): void {
  const [one, other] = [intervals[a], intervals[b]];
  if (one) one.friend ??= b;
  if (other) other.friend ??= a;
}

/** By block: how many jumps back enclose it. */
function loopDepths(blocks: readonly BasicBlock[]): number[] {
  const depths = new Array<number>(blocks.length).fill(0);
  for (const [number, block] of blocks.entries()) {
    for (const target of successors(block)) for (let inside = target; inside <= number; inside++) depths[inside]!++;
  }
  return depths;
}
