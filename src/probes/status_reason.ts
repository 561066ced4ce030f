import type { SantaError } from '../errors/fault.js';
import type { StatusReason } from '../metrics/probe_status.js';

/** The code and the remedy of the first fault, and all messages. */
export function reasonOf(faults: readonly SantaError[]): StatusReason {
  const { code, remedy } = faults[0]!;
  return { code, message: faults.map(({ message }) => message).join('\n'), remedy };
}
