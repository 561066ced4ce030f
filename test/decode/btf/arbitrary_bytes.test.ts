import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../../src/decode/btf/parser.js';
import { encodeConstant } from '../../../src/decode/constants.js';
import { layoutOf } from '../../../src/decode/type_layout.js';
import { Faults, SantaError } from '../../../src/errors/fault.js';
import { fixtureBytes } from '../fixture_types.js';

describe('BTF with arbitrary bytes', () => {
  /** A pseudo-random generator with a fixed sequence. */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  function useAll(bytes: Uint8Array): void {
    const btf = parseBtf(bytes);
    for (let id = 0; id < btf.typeCount; id++) {
      try {
        layoutOf(btf, id);
      } catch (error) {
        if (!(error instanceof SantaError)) throw error;
      }
    }
    encodeConstant(btf, 'min_ns', 5);
  }

  it('causes faults and nothing worse', { timeout: 30_000 }, () => {
    const next = random(20_261_121);
    const original = fixtureBytes();
    let survived = 0;
    for (let round = 0; round < 500; round++) {
      const bytes = Uint8Array.from(original);
      for (let changes = 1 + next(6); changes > 0; changes--) {
        const at = next(2) === 0 ? next(bytes.length) : 24 + next(bytes.length - 24 - 4);
        const word = [0, 0xff, 0x80, next(256), bytes[next(bytes.length)]!][next(5)]!;
        bytes[at] = word;
      }
      try {
        useAll(next(8) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
        survived++;
      } catch (error) {
        if (!(error instanceof SantaError) && !(error instanceof Faults)) throw error;
      }
    }
    expect(survived).toBeGreaterThan(40);
  });
});
