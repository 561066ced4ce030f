import { basename } from 'node:path';
import { fault, SantaError } from '../errors/fault.js';
import { type CompileScript, needCompiler } from './compiled_script.js';
import { readText } from './file_text.js';
import { issueFaults } from './issue_faults.js';
import { type ProbeFile, probeFile } from './probe_schema.js';
import { type ExpandedScript, expandScript, hasScript } from './script_probe.js';
import { SourceMap } from './source_map.js';
import { parseTree, type Tree } from './yaml_tree.js';

/** A probe file after parsing: its settings if they are valid, and its faults. */
export interface ParsedProbe {
  readonly file: string;
  readonly settings: ProbeFile | undefined;
  /** What could be parsed, unchecked; the file may have faults. */
  readonly value: unknown;
  readonly places: SourceMap;
  readonly faults: readonly SantaError[];
  /** What became of its script. */
  readonly script?: Pick<ExpandedScript, 'object' | 'notices'>;
}

/** @param compile for a probe file with a script */
export function parseProbeFile(file: string, compile: CompileScript = needCompiler): ParsedProbe {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    return { file, settings: undefined, value: undefined, places: new SourceMap(file, ''), faults: [error] };
  }
  const tree = parseTree(file, text);
  if (tree.value === undefined)
    return { file, settings: undefined, value: undefined, places: tree.places, faults: tree.faults };
  const parsed = checkedProbe(tree, tree.value, compile);
  const faults = [...parsed.faults];
  const stem = basename(file, '.yaml');
  if (parsed.settings !== undefined && parsed.settings.probe !== stem) {
    const location = parsed.places.locate(['probe']);
    faults.push(fault('CONFIG_PROBE_NAME', { stem, name: parsed.settings.probe }, { location }));
  }
  return { ...parsed, faults };
}

/** The name of the probe that a script is by itself: that of its file, as far as a probe may be named so. */
export function scriptName(file: string): string {
  return basename(file, '.bt')
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?![A-Za-z])/, 'script_');
}

/**
 * A script by itself, as a probe without a probe file.
 * @param file for faults
 * @param probe its name
 */
export function parseScriptFile(file: string, text: string, probe: string, compile: CompileScript): ParsedProbe {
  const places = new SourceMap(file, text);
  const value = { probe, summary: `Script ${basename(file)}.`, script: text };
  const tree = { value, places, faults: [] };
  return checkedProbe(tree, value, ({ probe: name, events }) => compile({ file, text, probe: name, events }));
}

function checkedProbe(tree: Tree, written: unknown, compile: CompileScript): ParsedProbe {
  const { places } = tree;
  const script = hasScript(written) ? expandScript(written, tree, compile) : undefined;
  const value = script?.value ?? written;
  const base = { file: places.file, value, places };
  // Without the script's maps, its metrics would only have faults that follow from that of the script.
  if (script !== undefined && script.object === undefined)
    return { ...base, settings: undefined, faults: [...tree.faults, ...script.faults] };
  const result = probeFile.safeParse(value);
  const faults = [...tree.faults, ...(script?.faults ?? []), ...issueFaults(result.error?.issues ?? [], tree)];
  return { ...base, settings: result.data, faults, ...(script && { script }) };
}
