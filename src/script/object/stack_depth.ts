import type { LoweredFunction } from './lowered_function.js';

/** What the kernel allows for a function, and for all functions that are called at a time together. */
export const mostStackBytes = 512;
/** The kernel counts the stack of each function in steps of so many bytes. */
const step = 32;

/** A function, together with those that it calls, needs more than the kernel's stack has. */
export class StackOverflow extends Error {
  constructor(
    readonly functionName: string,
    readonly bytes: number,
  ) {
    super(`Function ${functionName} needs ${bytes} bytes of stack: the kernel has ${mostStackBytes}`);
  }
}

/**
 * The kernel counts a function that is given to bpf_loop like one that is called.
 * @throws StackOverflow
 */
export function checkStackDepth(functions: ReadonlyMap<string, LoweredFunction>): void {
  const depthOf = (name: string): number => {
    const lowered = functions.get(name);
    if (lowered === undefined) return 0;
    const called = lowered.references.flatMap(({ reference }) =>
      reference.kind === 'call' || reference.kind === 'function' ? [reference.name] : [],
    );
    return roundUp(lowered.stackBytes) + Math.max(0, ...[...new Set(called)].map(depthOf));
  };
  for (const name of functions.keys()) {
    const depth = depthOf(name);
    if (depth > mostStackBytes) throw new StackOverflow(name, depth);
  }
}

function roundUp(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / step)) * step;
}
