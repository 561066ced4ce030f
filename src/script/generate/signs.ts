import { isConstant } from './function_builder.js';
import type { Scalar } from './value.js';

/** A literal that is not negative has the sign of the other operand. */
export function signOf(scalar: Scalar, other: Scalar): boolean {
  if (scalar.type.kind === 'pointer') return false;
  const isFlexible = scalar.isLiteral && isConstant(scalar.operand) && BigInt.asIntN(64, scalar.operand.constant) >= 0n;
  if (isFlexible && !other.isLiteral) return other.type.kind === 'integer' && other.type.isSigned;
  return scalar.type.isSigned;
}
