import type { Profile, ProfileStack } from '../stacks/profile.js';

/** Share of the CPU samples of the last minute that were taken in a function itself, not in what it called. */
export interface FunctionShare {
  readonly command: string;
  readonly function: string;
  readonly ratio: number;
}

const minuteMs = 60_000;
const mostFunctions = 5;
/** Demangled names of templates can have kilobytes, and the owner of a program chooses them. */
const longestName = 120;

interface Counted {
  readonly to: number;
  readonly total: number;
  /** By command and function. */
  readonly values: ReadonlyMap<string, FunctionShare>;
}

/** The functions that used most CPU time in the last minute. */
export class HottestFunctions {
  #windows: Counted[] = [];

  /** Adds a window of CPU samples. */
  add({ to, stacks }: Pick<Profile, 'to' | 'stacks'>): void {
    const values = new Map<string, FunctionShare>();
    let total = 0;
    for (const stack of stacks) {
      total += stack.value;
      const name = functionOf(stack);
      if (name === undefined) continue;
      const command = stack.labels.command ?? '';
      add(values, { command, function: name, ratio: stack.value });
    }
    this.#windows = [...this.#windows.filter((one) => isRecent(one, to)), { to, total, values }];
  }

  /** The hottest first. @param now Unix milliseconds */
  shares(now: number): FunctionShare[] {
    const windows = this.#windows.filter((one) => isRecent(one, now));
    const total = windows.reduce((sum, one) => sum + one.total, 0);
    if (total === 0) return [];
    const sums = new Map<string, FunctionShare>();
    for (const { values } of windows) for (const value of values.values()) add(sums, value);
    const hottest = [...sums.values()].sort((a, b) => b.ratio - a.ratio).slice(0, mostFunctions);
    return hottest.map((one) => ({ ...one, ratio: one.ratio / total }));
  }
}

/** A window ends up to its length and the time to write it before the moment that is asked for. */
function isRecent({ to }: Counted, now: number): boolean {
  return Math.abs(now - to) < minuteMs + 10_000;
}

function add(sums: Map<string, FunctionShare>, one: FunctionShare): void {
  const key = `${one.command}\0${one.function}`;
  sums.set(key, { ...one, ratio: one.ratio + (sums.get(key)?.ratio ?? 0) });
}

/** The innermost function of the program that has a name; without one, that of the kernel. */
function functionOf({ frames }: ProfileStack): string | undefined {
  const named = frames.filter((frame) => frame.function !== '');
  const name = (named.find(({ isKernel }) => !isKernel) ?? named[0])?.function;
  return name !== undefined && name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name;
}
