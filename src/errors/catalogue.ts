import { commandFaults } from './command_faults.js';
import { configurationFaults } from './configuration_faults.js';
import type { Entry } from './entry.js';
import { hostFaults } from './host_faults.js';
import { kernelFaults } from './kernel_faults.js';
import { probeFaults } from './probe_faults.js';
import { requestFaults } from './request_faults.js';

/** The cause of a fault. Changing the configuration of a probe never removes faults of `host` and `kernel`. */
export type Scope = 'host' | 'kernel' | 'probe' | 'configuration' | 'request' | 'command';

const faultsOfScope = {
  configuration: configurationFaults,
  host: hostFaults,
  kernel: kernelFaults,
  probe: probeFaults,
  request: requestFaults,
  command: commandFaults,
} satisfies Record<Scope, object>;

/**
 * The error catalogue: every fault a user can meet, by its stable code. docs/errors.md is generated from it.
 */
export const catalogue = {
  ...configurationFaults,
  ...hostFaults,
  ...kernelFaults,
  ...probeFaults,
  ...requestFaults,
  ...commandFaults,
} as const;

export type ErrorCode = keyof typeof catalogue;

/** The names and values in the sentence of a code. */
export type FaultParameters<C extends ErrorCode> = (typeof catalogue)[C] extends Entry<infer P> ? P : never;

/** The scope of a code. */
export function scopeOf(code: ErrorCode): Scope {
  return (Object.keys(faultsOfScope) as Scope[]).find((scope) => Object.hasOwn(faultsOfScope[scope], code))!;
}
