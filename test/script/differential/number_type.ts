/** Whole numbers of a script by bpftrace's rules: their types, and what operators make of them. */

/** `isFlexible`: written in the script and not negative, so that it takes the sign of what it meets. */
export interface NumberType {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly isSigned: boolean;
  readonly isBoolean?: true;
  readonly isLiteral?: true;
  readonly isFlexible?: true;
}

export interface TypedNumber {
  readonly type: NumberType;
  /** Below 0 if it is signed and negative. */
  readonly value: bigint;
}

export const int64: NumberType = { bytes: 8, isSigned: true };
export const uint64: NumberType = { bytes: 8, isSigned: false };
export const boolean: NumberType = { bytes: 1, isSigned: false, isBoolean: true };

/** A number cut to the width of a type. */
export function asType(value: bigint, type: NumberType): TypedNumber {
  if (type.isBoolean) return { type, value: value === 0n ? 0n : 1n };
  const bits = type.bytes * 8;
  return { type, value: type.isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value) };
}

export const truthOf = (isTrue: boolean): TypedNumber => ({ type: boolean, value: isTrue ? 1n : 0n });

/** As written: a number beyond the signed ones is unsigned. */
export function literal(value: bigint, isUnsigned: boolean): TypedNumber {
  const isSigned = !isUnsigned && value < 1n << 63n;
  return { value, type: { bytes: 8, isSigned, isLiteral: true, ...(isSigned && { isFlexible: true }) } };
}

/** The type that holds values of both. */
export function promoted(a: NumberType, b: NumberType): NumberType {
  if (a.isBoolean && b.isBoolean) return boolean;
  if (a.isSigned === b.isSigned) return { bytes: Math.max(a.bytes, b.bytes) as 8, isSigned: a.isSigned };
  const [signed, other] = a.isSigned ? [a, b] : [b, a];
  if (signed.bytes > other.bytes) return { bytes: signed.bytes, isSigned: true };
  return { bytes: Math.min(8, 2 * Math.max(a.bytes, b.bytes)) as 8, isSigned: true };
}

/** The sign that an operand has beside another one. */
function isSignedBeside(type: NumberType, other: NumberType): boolean {
  return type.isFlexible && !other.isLiteral ? other.isSigned : type.isSigned;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Of 64 bits; division and shifts take the bits as unsigned, and a division by 0 gives 1. Literals are computed as C does. */
export function computed(operator: ArithmeticOperator, a: TypedNumber, b: TypedNumber): TypedNumber {
  const isOfLiterals = a.type.isLiteral === true && b.type.isLiteral === true;
  const isSigned =
    operator === '-' ||
    isSignedBeside(a.type, b.type) ||
    (operator !== '<<' && operator !== '>>' && isSignedBeside(b.type, a.type));
  const asSigned = isOfLiterals && (a.value < 0n || b.value < 0n);
  const bits = calculated(
    operator,
    asSigned ? BigInt.asIntN(64, a.value) : BigInt.asUintN(64, a.value),
    asSigned ? BigInt.asIntN(64, b.value) : BigInt.asUintN(64, b.value),
  );
  const { value } = asType(bits, { bytes: 8, isSigned });
  return { value, type: typeOfResult(isSigned, isOfLiterals, value) };
}

function calculated(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? 1n : left / right;
    case '%':
      return right === 0n ? 1n : left % right;
    case '<<':
      return left << (right & 63n);
    case '>>':
      return left >> (right & 63n);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
  }
}

export function isCompared(operator: ComparisonOperator, a: TypedNumber, b: TypedNumber): boolean {
  const isSigned = isSignedBeside(a.type, b.type) || isSignedBeside(b.type, a.type);
  const [left, right] = [a, b].map(({ value }) =>
    isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value),
  ) as [bigint, bigint];
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

export function negated(operator: '-' | '~' | '+', { type, value }: TypedNumber): TypedNumber {
  if (operator === '+') return { type, value };
  const isSigned = operator === '-' || type.isSigned;
  const result = asType(operator === '-' ? -value : ~value, { bytes: 8, isSigned }).value;
  return { type: typeOfResult(isSigned, type.isLiteral === true, result), value: result };
}

/** What is computed of literals is a literal. */
function typeOfResult(isSigned: boolean, isLiteral: boolean, value: bigint): NumberType {
  if (!isLiteral) return { bytes: 8, isSigned };
  return { bytes: 8, isSigned, isLiteral, ...(isSigned && value >= 0n && { isFlexible: true }) };
}
