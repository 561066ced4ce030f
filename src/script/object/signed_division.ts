import type { Instruction, IrFunction, Operand, Register } from '../ir/program.js';

type Division = Extract<Instruction, { kind: 'operate' }>;

/**
 * Replaces signed division and remainder, which BPF has only since Linux 6.6, by unsigned ones of magnitudes. The quotient is rounded
 * toward zero, and the remainder has the sign of the dividend, as in C.
 */
export function withoutSignedDivision(code: IrFunction): IrFunction {
  let registers = code.registers;
  const fresh = () => registers++;
  const blocks = code.blocks.map((block) => ({
    ...block,
    instructions: block.instructions.flatMap((one) => (isSigned(one) ? expanded(one, fresh) : [one])),
  }));
  return { ...code, blocks, registers };
}

function isSigned(instruction: Instruction): instruction is Division {
  return (
    instruction.kind === 'operate' && (instruction.operation === 'signedDiv' || instruction.operation === 'signedMod')
  );
}

function expanded({ operation, bits, to, left, right, place }: Division, fresh: () => Register): Instruction[] {
  const result: Instruction[] = [];
  const at = place === undefined ? {} : { place };
  const operate = (name: Division['operation'], a: Operand, b: Operand): Register => {
    const register = fresh();
    result.push({ ...at, kind: 'operate', operation: name, bits: 64, to: register, left: a, right: b });
    return register;
  };
  const signExtended = (operand: Operand): Register => {
    const register = fresh();
    result.push({ ...at, kind: 'set', to: register, value: operand });
    if (bits === 32) result.push({ ...at, kind: 'extend', to: register, from: register, width: 4, isSigned: true });
    return register;
  };
  /** All ones if it is negative, and its magnitude: `(x ^ sign) - sign`. */
  const split = (operand: Operand): [sign: Register, magnitude: Register] => {
    const value = signExtended(operand);
    const sign = operate('signedShiftRight', value, { constant: 63n });
    return [sign, operate('sub', operate('xor', value, sign), sign)];
  };
  const [leftSign, dividend] = split(left);
  const [rightSign, divisor] = split(right);
  const isQuotient = operation === 'signedDiv';
  const sign = isQuotient ? operate('xor', leftSign, rightSign) : leftSign;
  const magnitude = operate(isQuotient ? 'div' : 'mod', dividend, divisor);
  const signed = operate('sub', operate('xor', magnitude, sign), sign);
  if (bits === 32) result.push({ ...at, kind: 'extend', to, from: signed, width: 4, isSigned: false });
  else result.push({ ...at, kind: 'set', to, value: signed });
  return result;
}
