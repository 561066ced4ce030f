import type { RawStack } from '../../src/stacks/stack_reader.js';

/** A stack of one user frame. */
export function rawStack(command: string, value: number, other: Partial<RawStack> = {}): RawStack {
  const stack = { labels: { command }, pid: 1, kernel: [], user: [0x1000n], value, ...other };
  return { key: `${command} ${stack.pid} ${stack.user.join()} ${stack.kernel.join()}`, ...stack };
}
