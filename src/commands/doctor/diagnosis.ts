/** Everything that `santabpf doctor` found out. The same for people and for `--json`. */

import type { FoundOption } from './configuration_options.js';
import type { Finding } from './finding.js';
import type { HookTrial } from './hook_trials.js';
import type { MapTrial } from './map_trials.js';
import type { ProbeTrial } from './probe_trials.js';

export interface Remedy {
  /** Names of the host's part, or of probes. */
  readonly for: string;
  readonly remedy: string;
  /** No configured probe needs it. */
  readonly isOptional: boolean;
}

export interface Diagnosis {
  readonly version: string;
  readonly kernel: string;
  readonly host: readonly Finding[];
  /** How the kernel was built. `file` is null if nothing on this host says it. */
  readonly configuration: { readonly file: string | null; readonly options: readonly FoundOption[] };
  readonly hooks: readonly HookTrial[];
  readonly maps: readonly MapTrial[];
  readonly probes: readonly ProbeTrial[];
  /** The configuration file, and what is wrong with it. */
  readonly configured: { readonly file: string; readonly faults: readonly string[] };
  /** What to change, most important first. */
  readonly remedies: readonly Remedy[];
  /** The command to type next. */
  readonly next: string;
}

/** Whether every probe of the configuration runs on this host. */
export function isHealthy({ probes, configured }: Pick<Diagnosis, 'probes' | 'configured'>): boolean {
  return configured.faults.length === 0 && probes.every(({ isConfigured, state }) => !isConfigured || state === 'up');
}

/**
 * Each remedy once, with what it is for: first what the host lacks, then what configured probes ask for, then what the others do, and
 * last what only a few need.
 */
export function remediesOf(host: readonly Finding[], probes: readonly ProbeTrial[]): Remedy[] {
  const ofHost = (wanted: Finding['state'], isOptional: boolean) =>
    host.flatMap(({ name, state, remedy }) =>
      state === wanted && remedy !== undefined ? [{ for: name, remedy, isOptional }] : [],
    );
  const ofProbes = (wanted: boolean) => {
    const names = new Map<string, string[]>();
    for (const { probe, isConfigured, reason } of probes) {
      if (reason === undefined || isConfigured !== wanted) continue;
      names.set(reason.remedy, [...(names.get(reason.remedy) ?? []), probe]);
    }
    return [...names].map(([remedy, each]) => ({ for: each.join(', '), remedy, isOptional: !wanted }));
  };
  return [...ofHost('missing', false), ...ofProbes(true), ...ofProbes(false), ...ofHost('limited', true)];
}

/** @param isDefault the configuration is that of the package */
export function nextCommand(
  diagnosis: Pick<Diagnosis, 'probes' | 'configured'>,
  isDefault: boolean,
  isAble: boolean,
): string {
  const { configured } = diagnosis;
  const flag = isDefault ? '' : ` --config.file=${configured.file}`;
  if (configured.faults.length > 0) return `santabpf --config.check${flag}`;
  if (!isAble) return 'sudo santabpf doctor';
  return isHealthy(diagnosis) ? `santabpf${flag}` : `santabpf --config.check${flag}`;
}
