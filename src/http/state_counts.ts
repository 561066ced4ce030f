import type { ProbeState, ProbeStatus } from '../metrics/probe_status.js';

/** How many probes are in each state. */
export function countStates(probes: readonly Pick<ProbeStatus, 'state'>[]): Record<ProbeState, number> {
  const counts = { up: 0, unsupported: 0, down: 0, suspended: 0 };
  for (const { state } of probes) counts[state]++;
  return counts;
}

/** The probes that are not up in words, such as `1 down, 2 unsupported`; empty if all are up. */
export function otherStates(probes: readonly Pick<ProbeStatus, 'state'>[]): string {
  const counts = countStates(probes);
  return (['down', 'unsupported', 'suspended'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`)
    .join(', ');
}
