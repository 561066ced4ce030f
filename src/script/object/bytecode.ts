/** BPF instructions (Linux, Documentation/bpf/standardization/instruction-set.rst), those of Linux 5.10 only. */

/** One instruction before its bytes. `wide` is the constant of a 64-bit load, which takes two places. */
export interface BpfInstruction {
  readonly code: number;
  readonly to: number;
  readonly from: number;
  readonly offset: number;
  readonly constant: number;
  readonly wide?: bigint;
}

export const instructionBytes = 8;

const ld = 0x00;
const ldx = 0x01;
const st = 0x02;
const stx = 0x03;
const alu32 = 0x04;
const jmp = 0x05;
const jmp32 = 0x06;
const alu64 = 0x07;
/** The operand is a register. */
const register = 0x08;

const sizes: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const memory = 0x60;
const atomic = 0xc0;

const operations = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  shiftLeft: 0x60,
  shiftRight: 0x70,
  mod: 0x90,
  xor: 0xa0,
  set: 0xb0,
  signedShiftRight: 0xc0,
} as const;
export type AluOperation = keyof typeof operations;

const comparisons = {
  equal: 0x10,
  above: 0x20,
  atLeast: 0x30,
  anyBit: 0x40,
  unequal: 0x50,
  signedAbove: 0x60,
  signedAtLeast: 0x70,
  below: 0xa0,
  atMost: 0xb0,
  signedBelow: 0xc0,
  signedAtMost: 0xd0,
} as const;
export type JumpComparison = keyof typeof comparisons;

/** A register, or a constant of 32 bits that the kernel sign-extends. */
export type Source = { readonly register: number } | { readonly constant: number };

/** What the first half of a wide load refers to (`BPF_PSEUDO_*`). */
export const pseudo = { none: 0, call: 1, function: 4 } as const;

function instruction(code: number, to: number, from: number, offset: number, constant: number): BpfInstruction {
  return { code, to, from, offset, constant };
}

function sourced(code: number, to: number, source: Source, offset: number): BpfInstruction {
  return 'register' in source
    ? instruction(code | register, to, source.register, offset, 0)
    : instruction(code, to, 0, offset, source.constant);
}

export function operate(operation: AluOperation, bits: 32 | 64, to: number, source: Source): BpfInstruction {
  return sourced(operations[operation] | (bits === 64 ? alu64 : alu32), to, source, 0);
}

export function move(to: number, from: number): BpfInstruction {
  return operate('set', 64, to, { register: from });
}

export function swap(to: number, bits: 16 | 32 | 64): BpfInstruction {
  return instruction(alu32 | 0xd0 | register, to, 0, 0, bits);
}

export function loadWide(to: number, wide: bigint, from: number = pseudo.none): BpfInstruction {
  return { ...instruction(ld | sizes[8]!, to, from, 0, 0), wide: BigInt.asUintN(64, wide) };
}

export function load(to: number, from: number, offset: number, width: number): BpfInstruction {
  return instruction(ldx | memory | sizes[width]!, to, from, offset, 0);
}

export function store(to: number, offset: number, width: number, source: Source): BpfInstruction {
  return 'register' in source
    ? instruction(stx | memory | sizes[width]!, to, source.register, offset, 0)
    : instruction(st | memory | sizes[width]!, to, 0, offset, source.constant);
}

export function addAtomically(to: number, offset: number, width: number, from: number): BpfInstruction {
  return instruction(stx | atomic | sizes[width]!, to, from, offset, 0);
}

/** @param offset in instructions, from the one after the jump */
export function jump(offset: number): BpfInstruction {
  return instruction(jmp, 0, 0, offset, 0);
}

export function jumpIf(
  comparison: JumpComparison,
  bits: 32 | 64,
  left: number,
  source: Source,
  offset: number,
): BpfInstruction {
  return sourced(comparisons[comparison] | (bits === 64 ? jmp : jmp32), left, source, offset);
}

/** @param from `pseudo.call` for a function of the object, whose offset is then relative */
export function call(constant: number, from: number = pseudo.none): BpfInstruction {
  return instruction(jmp | 0x80, 0, from, 0, constant);
}

export const exit = instruction(jmp | 0x90, 0, 0, 0, 0);

/** Places of 8 bytes that an instruction takes. */
export function places({ wide }: BpfInstruction): 1 | 2 {
  return wide === undefined ? 1 : 2;
}

export function encode(instructions: readonly BpfInstruction[]): Uint8Array {
  const bytes = new Uint8Array(instructionBytes * instructions.reduce((sum, one) => sum + places(one), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const write = (code: number, registers: number, offset: number, constant: number) => {
    view.setUint8(at, code);
    view.setUint8(at + 1, registers);
    view.setInt16(at + 2, offset, true);
    view.setInt32(at + 4, constant, true);
    at += instructionBytes;
  };
  for (const { code, to, from, offset, constant, wide } of instructions) {
    const registers = (from << 4) | to;
    if (wide === undefined) {
      write(code, registers, offset, constant);
    } else {
      write(code, registers, offset, Number(BigInt.asIntN(32, wide)));
      write(0, 0, 0, Number(BigInt.asIntN(32, wide >> 32n)));
    }
  }
  return bytes;
}
