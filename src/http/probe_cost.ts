import type { ProbeStatus, Unknown } from './exporter.js';
import { percent, sum } from './number_text.js';

/** CPU seconds per second of all programs of some probes; unknown if that of any program is. */
export function cpuShare(probes: readonly ProbeStatus[]): number | Unknown {
  const shares = probes.flatMap(({ programs }) => programs.map((program) => program.cpuShare));
  const known = shares.filter((share) => share !== 'unknown');
  return known.length < shares.length ? 'unknown' : sum(known);
}

/** A CPU share as the page shows it. */
export function shareText(share: number | Unknown): string {
  return share === 'unknown' ? share : percent(share);
}
