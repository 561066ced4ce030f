import type { ProbeSpec } from '../config/probe_schema.js';
import type { SantaError } from '../errors/fault.js';
import type { ProbeStatus, StatusReason } from '../metrics/probe_status.js';

/** The code and the remedy of the first fault, and all messages. */
export function reasonOf(faults: readonly SantaError[]): StatusReason {
  const { code, remedy } = faults[0]!;
  return { code, message: faults.map(({ message }) => message).join('\n'), remedy };
}

export function budgetStatus({ budget }: Pick<ProbeSpec, 'budget'>): Pick<ProbeStatus, 'budget'> {
  return typeof budget === 'object' ? { budget: budget.share } : {};
}
