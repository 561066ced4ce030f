import { hottestFunctions } from '../flame_graph.js';
import type { Identity } from '../identity.js';
import { topShares } from '../notification.js';
import type { Windows } from '../windows.js';

/** Lines of a description: who uses the CPUs most, and in which functions if the flight recorder is on. */
export function cpuUsers({
  identity,
  rate,
}: Pick<Windows, 'rate'> & { readonly identity: Identity }): readonly string[] {
  const shares = topShares(
    `instance_${identity.level()}:santabpf_cpu_seconds:rate${rate}`,
    `instance:santabpf_cpu_seconds:rate${rate}`,
    identity.labels,
    identity.who('.Labels'),
  );
  return [shares, hottestFunctions];
}
