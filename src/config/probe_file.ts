import { basename } from 'node:path';
import { fault, SantaError } from '../errors/fault.js';
import { readText } from './file_text.js';
import { issueFaults } from './issue_faults.js';
import { type ProbeFile, probeFile } from './probe_schema.js';
import { SourceMap } from './source_map.js';
import { parseTree } from './yaml_tree.js';

/** A probe file after parsing: its settings if they are valid, and its faults. */
export interface ParsedProbe {
  readonly file: string;
  readonly settings: ProbeFile | undefined;
  /** What could be parsed, unchecked; the file may have faults. */
  readonly value: unknown;
  readonly places: SourceMap;
  readonly faults: readonly SantaError[];
}

export function parseProbeFile(file: string): ParsedProbe {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    return { file, settings: undefined, value: undefined, places: new SourceMap(file, ''), faults: [error] };
  }
  const tree = parseTree(file, text);
  const { value, places } = tree;
  if (value === undefined) return { file, settings: undefined, value, places, faults: tree.faults };
  const result = probeFile.safeParse(value);
  const faults = [...tree.faults, ...issueFaults(result.error?.issues ?? [], tree)];
  const stem = basename(file, '.yaml');
  if (result.success && result.data.probe !== stem) {
    const location = places.locate(['probe']);
    faults.push(fault('CONFIG_PROBE_NAME', { stem, name: result.data.probe }, { location }));
  }
  return { file, settings: result.data, value, places, faults };
}
