import { describe, expect, it } from 'vitest';
import type { LoweredFunction } from '../../../src/script/object/lowered_function.js';
import { checkStackDepth } from '../../../src/script/object/stack_depth.js';

const calling = (stackBytes: number, ...names: string[]): LoweredFunction => ({
  stackBytes,
  instructions: [],
  texts: [],
  references: names.map((name, at) => ({ at, reference: { kind: 'call', name } })),
});

describe('the depth of the stack', () => {
  it('is that of a function and the deepest of those that it calls, each in steps of 32 bytes', () => {
    const of = (program: number) =>
      new Map([
        ['program', calling(program, 'shallow', 'deep')],
        ['shallow', calling(8)],
        ['deep', calling(40, 'leaf')],
        ['leaf', calling(0)],
      ]);
    expect(() => checkStackDepth(of(416))).not.toThrow();
    expect(() => checkStackDepth(of(417))).toThrow('Function program needs 544 bytes of stack: the kernel has 512');
  });
});
