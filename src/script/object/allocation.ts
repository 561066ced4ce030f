import type { BasicBlock, IrFunction, Register } from '../ir/program.js';
import { liveAfter } from './liveness.js';
import { isCall, readBy, writtenBy } from './operands.js';

/** Where a virtual register lives: in a register of the machine, or in 8 bytes of the stack, numbered from 0. */
export type Place = { readonly register: number } | { readonly spill: number };

export interface Allocation {
  /** By virtual register; undefined if it is never used. */
  readonly places: readonly (Place | undefined)[];
  readonly spills: number;
}

/** r0 and r5 are kept for values that are on their way: constants, spilled operands, results. */
export const scratch = [0, 5] as const;
const lostInCalls = [1, 2, 3, 4];
const keptInCalls = [6, 7, 8, 9];

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
  let active: (Interval & { readonly machine: number })[] = [];
  let onStack: { readonly end: number; readonly spill: number }[] = [];

  const spillOf = ({ register, end }: Interval): void => {
    const spill = freeSpills.pop() ?? spills++;
    places[register] = { spill };
    onStack.push({ end, spill });
  };

  for (const interval of intervals) {
    active = active.filter(({ end }) => end > interval.start);
    onStack = onStack.filter(({ end, spill }) => {
      if (end > interval.start) return true;
      freeSpills.push(spill);
      return false;
    });
    const taken = new Set(active.map(({ machine }) => machine));
    const allowed = interval.crossesCall ? keptInCalls : [...lostInCalls, ...keptInCalls];
    const free = allowed.filter((machine) => !taken.has(machine));
    const friend = interval.friend === undefined ? undefined : places[interval.friend];
    const wished = friend && 'register' in friend && free.includes(friend.register) ? friend.register : free[0];
    if (wished !== undefined) {
      places[interval.register] = { register: wished };
      active.push({ ...interval, machine: wished });
      continue;
    }
    const victims = active.filter(({ machine }) => allowed.includes(machine));
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
  const live = liveAfter(blocks);
  const calls: number[] = [];
  const inLoop = loopDepths(blocks);
  let index = 0;
  for (const [number, block] of blocks.entries()) {
    const after = live(number);
    const cost = 8 ** Math.min(4, inLoop[number]!);
    // What is live at the beginning of a block lives from its first instruction on, whatever block comes before it in the list.
    const first = 2 * index - 1;
    for (const register of liveAtStart(block, after)) extend(register, first);
    for (const [i, instruction] of block.instructions.entries()) {
      for (const register of readBy(instruction)) extend(register, 2 * index).uses += cost;
      const to = writtenBy(instruction);
      if (to !== undefined) {
        const written = extend(to, 2 * index + 1);
        written.uses += cost;
        if (instruction.kind === 'set' && typeof instruction.value === 'number')
          befriend(intervals, to, instruction.value);
        if (instruction.kind === 'operate' && typeof instruction.left === 'number')
          befriend(intervals, to, instruction.left);
      }
      for (const register of after[i]!) extend(register, 2 * index + 1);
      if (isCall(instruction)) calls.push(2 * index);
      index++;
    }
    for (const register of readBy(block.ending)) extend(register, 2 * index).uses += cost;
    for (const register of after.at(-1)!) extend(register, 2 * index + 1);
    index++;
  }
  const used = intervals.filter((one) => one !== undefined);
  for (const interval of used) {
    interval.crossesCall = calls.some((call) => interval.start < call && interval.end > call);
  }
  return used.sort((a, b) => a.start - b.start || a.end - b.end);
}

function befriend(intervals: readonly (Interval | undefined)[], a: Register, b: Register): void {
  const [one, other] = [intervals[a], intervals[b]];
  if (one) one.friend ??= b;
  if (other) other.friend ??= a;
}

function liveAtStart(block: BasicBlock, after: readonly ReadonlySet<Register>[]): ReadonlySet<Register> {
  const [first] = block.instructions;
  const live = new Set(first === undefined ? after.at(-1)! : after[0]!);
  if (first !== undefined) {
    const to = writtenBy(first);
    if (to !== undefined) live.delete(to);
  }
  for (const register of readBy(first ?? block.ending)) live.add(register);
  return live;
}

/** By block: how many jumps back enclose it. */
function loopDepths(blocks: readonly BasicBlock[]): number[] {
  const depths = new Array<number>(blocks.length).fill(0);
  for (const [number, { ending }] of blocks.entries()) {
    const targets =
      ending.kind === 'jump' ? [ending.block] : ending.kind === 'branch' ? [ending.then, ending.else] : [];
    for (const target of targets) for (let inside = target; inside <= number; inside++) depths[inside]!++;
  }
  return depths;
}
