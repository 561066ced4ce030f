import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { issueFaults } from '../../src/config/issue_faults.js';
import { mainFile } from '../../src/config/main_schema.js';
import { probeFile } from '../../src/config/probe_schema.js';
import { parseTree } from '../../src/config/yaml_tree.js';
import { damagedText, oneOf, type Random } from './damage.js';
import { yamlPieces } from './yaml_pieces.js';

/** Small, because a million of them are read: the settings of a shipped file with a short metric, or one of its metrics in a short file. */
const parts = readdirSync('config/probes').flatMap((file) => {
  const text = readFileSync(join('config/probes', file), 'utf8').replace(/^\s*#.*\n/gm, '');
  const [head = '', metrics = ''] = text.split(/^metrics:\n/m);
  const all = metrics.split(/^\S/m, 1)[0]!.split(/^(?= {2}- name:)/m);
  const shortMetric = '  - { name: a_total, type: counter, help: A., map: m }\n';
  const shortHead = `probe: ${basename(file, '.yaml')}\nsummary: S.\n`;
  return [`${head}metrics:\n${shortMetric}`, ...all.slice(0, 3).map((metric) => `${shortHead}metrics:\n${metric}`)];
});
const mains = [
  'probes:\n  - syscalls\n  - { probe: tcp, labels: { drop: [command] }, budget: none }\n',
  'probes: [a]\nidentity: [command, unit]\nprobe_deadline: 2s\n',
  'probes: [a]\nbudget: { percent_of_one_cpu: 3 }\nmetric_prefix: x_\n',
  'probes: [{ probe: a, maps: { m: { max_entries: 9 } }, limit: 5, constants: { c: -1 } }]\nseries_limit: 10\n',
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
