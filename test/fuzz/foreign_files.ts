import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueFaults } from '../../src/config/issue_faults.js';
import { mainFile } from '../../src/config/main_schema.js';
import { probeFile } from '../../src/config/probe_schema.js';
import { parseTree } from '../../src/config/yaml_tree.js';
import { damagedText, oneOf, type Random } from './damage.js';
import { yamlPieces } from './yaml_pieces.js';

/** Files with one of their metrics: a whole one takes some milliseconds. */
const parts = readdirSync('config/probes').flatMap((file) => {
  const [head = '', metrics = ''] = readFileSync(join('config/probes', file), 'utf8').split(/^metrics:\n/m);
  const all = metrics.split(/^\S/m, 1)[0]!.split(/^(?= {2}- name:)/m);
  return all.slice(0, 3).map((metric) => `${head}metrics:\n${metric}`);
});
const mains = [
  'probes:\n  - syscalls\n  - { probe: tcp, labels: { drop: [command] }, budget: none }\nidentity: [command, unit]\nprobe_deadline: 2s\nbudget: { percent_of_one_cpu: 3 }\nmetric_prefix: x_\n',
];

function check(text: string, schema: typeof probeFile | typeof mainFile): boolean {
  const tree = parseTree('p.yaml', text);
  const issues = tree.value === undefined ? [] : (schema.safeParse(tree.value).error?.issues ?? []);
  const faults = [...tree.faults, ...issueFaults(issues, tree)];
  if (tree.value === undefined && faults.length === 0) throw new Error('neither a value nor a fault');
  for (const { message, location } of faults) {
    if (/\bundefined\b|\[object|\{(?:path|value)\}/.test(message)) throw new Error(`a message has a gap: ${message}`);
    if (location !== undefined && !(location.line >= 1 && location.column >= 1))
      throw new Error(`a place is none: ${message}`);
  }
  return faults.length === 0;
}

/** Checks a damaged probe file. @returns whether it is valid */
export const useDamagedProbe = (random: Random): boolean =>
  check(damagedText(random, oneOf(random, parts), yamlPieces), probeFile);

/** Checks a damaged main file. @returns whether it is valid */
export const useDamagedMain = (random: Random): boolean =>
  check(damagedText(random, oneOf(random, mains), yamlPieces), mainFile);
