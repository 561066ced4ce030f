import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { files } from '../../alerts/src/index.js';
import { loadParameters, shippedParameters } from '../../alerts/src/parameter_file.js';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

/** Sorted names of the files in `folder` (relative to the repository) that end with `ending`, without the ending. */
export function stems(folder: string, ending: string): string[] {
  const names = readdirSync(join(repository, folder));
  return names.flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])).sort();
}

/** Paths of the shipped rule files, relative to the repository. */
export const ruleFiles = stems('alerts/rules', '.yaml').map((stem) => `alerts/rules/${stem}.yaml`);

const rules = ruleFiles
  .map((file) => parse(readFileSync(join(repository, file), 'utf8')) as RuleFile)
  .flatMap(({ groups }) => groups.flatMap((group) => group.rules));

export const alerts = rules.filter((rule): rule is AlertingRule => 'alert' in rule);
export const records = rules.filter((rule): rule is RecordingRule => 'record' in rule);

/** The alerts of the rules that a change of parameters gives. */
export function alertsOf(...changes: readonly string[]): AlertingRule[] {
  const texts = [...files(loadParameters(shippedParameters, changes)).values()];
  return texts
    .flatMap((text) => (parse(text) as RuleFile).groups.flatMap((group) => group.rules))
    .filter((rule): rule is AlertingRule => 'alert' in rule);
}
