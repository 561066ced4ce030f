/** An exact integer: a bigint only where a number would not be exact (beyond 2^53). */
export type Integer = number | bigint;

/**
 * Joins the halves of a 64-bit integer.
 * @param high upper 32 bits; negative for a negative integer
 * @param low lower 32 bits, unsigned
 */
export function toInteger(high: number, low: number): Integer {
  if (high < 0x200000 && high >= -0x200000) return high * 0x100000000 + low;
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The integer as a number where that is exact. */
export function narrow(value: bigint): Integer {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
