/** A wrong argument of the command line. The message says which, and what would be right. */
export class UsageFault extends Error {}

/** @throws {UsageFault} for an argument that is not a whole number above 0 */
export function countsOf(parameters: readonly string[], defaults: readonly number[]): readonly number[] {
  return parameters.length === 0 ? defaults : parameters.map(countOf);
}

function countOf(parameter: string): number {
  const count = Number(parameter);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageFault(`"${parameter}" must be a whole number above 0, for example 100000.`);
}
