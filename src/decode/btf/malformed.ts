import { fault, type SantaError } from '../../errors/fault.js';

/** The fault BTF_INVALID. @param problem a clause that says what is malformed: `type 5 is truncated` */
export function malformed(problem: string): SantaError {
  return fault('BTF_INVALID', { problem });
}
