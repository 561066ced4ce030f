import { describe, expect, it } from 'vitest';
import type { IrFunction } from '../../../src/script/ir/program.js';
import { lower } from '../../../src/script/object/lowering.js';
import { ordered } from '../../../src/script/object/moves.js';
import { withoutSignedDivision } from '../../../src/script/object/signed_division.js';
import { simplified } from '../../../src/script/object/simplification.js';
import { checkStackDepth } from '../../../src/script/object/stack_depth.js';
import { interpret } from './interpreter.js';
import { runBytecode } from './machine.js';
import { Choices, randomFunction } from './random_function.js';

const parameters = [0n, 1n, 5n, BigInt.asUintN(64, -3n), 0x1_8000_0001n];

describe('bytecode', () => {
  it('computes what the intermediate form says, for random functions', () => {
    const seed = Number(process.env.SANTABPF_SEED ?? 20261127);
    const choices = new Choices(seed);
    for (let round = 0; round < 1000; round++) {
      const code = randomFunction(choices);
      const lowered = [lower(withoutSignedDivision(code)), lower(simplified(withoutSignedDivision(code)))];
      for (const parameter of parameters) {
        const expected = interpret(code, [parameter]);
        for (const one of lowered) {
          const received = runBytecode(one, [parameter]);
          if (received === expected) continue;
          expect.fail(
            `seed ${seed}, round ${round}, parameter ${parameter}: expected ${expected} but received ${received}\n${JSON.stringify(code, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
          );
        }
      }
    }
  });

  it('keeps parameters apart, also those that are not read', () => {
    const code: IrFunction = {
      name: 'second',
      section: undefined,
      parameters: [0, 1, 2, 3],
      registers: 4,
      slots: [],
      blocks: [{ instructions: [], ending: { kind: 'return', value: 1 } }],
    };
    expect(runBytecode(lower(code), [10n, 20n, 30n, 40n])).toBe(20n);
  });

  it('refuses a function that needs more stack than there is', () => {
    const code: IrFunction = {
      name: 'large',
      section: 'raw_tp/x',
      parameters: [0],
      registers: 1,
      slots: [{ bytes: 256 }, { bytes: 257 }],
      blocks: [{ instructions: [], ending: { kind: 'return', value: { constant: 0n } } }],
    };
    const functions = new Map([['large', lower(code)]]);
    expect(() => checkStackDepth(functions)).toThrow('Function large needs 544 bytes of stack: the kernel has 512');
  });

  it('has nothing of what is constant or not used', () => {
    const code: IrFunction = {
      name: 'constant',
      section: 'raw_tp/x',
      parameters: [0],
      registers: 4,
      slots: [],
      blocks: [
        {
          instructions: [
            { kind: 'set', to: 1, value: { constant: 6n } },
            { kind: 'operate', operation: 'mul', bits: 64, to: 2, left: 1, right: { constant: 7n } },
            { kind: 'load', to: 3, base: 0, offset: 8, width: 8, isSigned: false },
          ],
          ending: {
            kind: 'branch',
            comparison: 'equal',
            bits: 64,
            left: 2,
            right: { constant: 42n },
            then: 2,
            else: 1,
          },
        },
        { instructions: [], ending: { kind: 'return', value: 3 } },
        { instructions: [], ending: { kind: 'return', value: 2 } },
      ],
    };
    expect(lower(simplified(code)).instructions.map(({ code: opcode, constant }) => [opcode, constant])).toEqual([
      [0xb7, 42],
      [0x95, 0],
    ]);
  });
});

describe('moves at the same time', () => {
  it.each([
    [
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      [
        [1, 2],
        [2, 3],
        [3, 1],
      ],
    ],
    [
      [
        [1, 2],
        [2, 3],
        [4, 2],
      ],
    ],
    [
      [
        [1, 1],
        [2, 4],
        [3, 4],
      ],
    ],
    [
      [
        [1, 2],
        [2, 1],
        [3, 4],
        [4, 3],
      ],
    ],
  ])('are ordered: %j', (pairs) => {
    const moves = pairs.map(([to, from]) => ({ to: to!, from: from! }));
    const registers = [0, 10, 20, 30, 40];
    for (const { to, from } of ordered(moves, 0)) registers[to] = registers[from]!;
    for (const { to, from } of moves) expect(registers[to]).toBe(10 * from);
  });
});
