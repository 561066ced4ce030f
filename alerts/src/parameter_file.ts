import { join } from 'node:path';
import { parse } from 'yaml';
import { readText } from '../../src/config/file_text.js';
import { issueFaults } from '../../src/config/issue_faults.js';
import { type Path, SourceMap } from '../../src/config/source_map.js';
import { parseTree, type Tree } from '../../src/config/yaml_tree.js';
import { Faults, fault } from '../../src/errors/fault.js';
import { packageFolder } from '../../src/package_folder.js';
import { type Parameters, parametersFile } from './parameters.js';

/** The parameters of the shipped rules, to which the dashboards' links belong too. */
export const shippedParameters = join(packageFolder, 'alerts/parameters.yaml');

/**
 * Reads a file of parameters.
 * @param changes `NAME=VALUE`, each for one parameter of the file: `interval=60s`, `SantaCpuHigh.on=0.9`
 * @throws Faults or SantaError with what is wrong, and where: in the file or in a change
 */
export function loadParameters(path: string, changes: readonly string[] = []): Parameters {
  const tree = parseTree(path, readText(path));
  if (tree.faults.length > 0) throw new Faults(tree.faults);
  return changes.reduce(({ value }, change) => checked(changed(value, change)), checked(tree)).parameters;
}

function checked(tree: Tree): { value: unknown; parameters: Parameters } {
  const result = parametersFile.safeParse(tree.value);
  if (!result.success) throw new Faults(issueFaults(result.error.issues, tree, 'docs/alerts.md'));
  return { value: tree.value, parameters: result.data as unknown as Parameters };
}

/** The parameters after a change, whose text is the place of what is wrong with it. */
function changed(value: unknown, change: string): Tree {
  const equals = change.indexOf('=');
  if (equals < 1) {
    throw fault('ARGUMENT_INVALID', { problem: `--set must be NAME=VALUE, such as interval=60s, not "${change}"` });
  }
  const path = change.slice(0, equals).split('.');
  const places = new SourceMap('--set', change);
  path.forEach((_, index) => {
    places.noteKey(path.slice(0, index + 1), path.slice(0, index).join('.').length + (index === 0 ? 0 : 1));
  });
  places.noteValue(path, equals + 1);
  return {
    value: replaced(value, path, parsedValue(change.slice(equals + 1), places, equals + 1)),
    places,
    faults: [],
  };
}

function parsedValue(text: string, places: SourceMap, offset: number): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const remedy = 'Put text with any of :{}[]#&*!|>%@ in quotes.';
    throw fault('CONFIG_SYNTAX', { problem: 'the value is broken', remedy }, { location: places.at(offset), cause });
  }
}

function replaced(value: unknown, [name, ...rest]: Path, last: unknown): unknown {
  if (name === undefined) return last;
  const members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return { ...members, [name]: replaced(members[name], rest, last) };
}
