import { ruleFiles } from './groups.js';
import type { Parameters } from './parameters.js';
import { ruleFile } from './rule_file.js';

/** Text of each rule file, by file name. */
export function files(parameters: Parameters): Map<string, string> {
  return new Map(ruleFiles.map(({ name, heading, groups }) => [`${name}.yaml`, ruleFile(heading, groups, parameters)]));
}
