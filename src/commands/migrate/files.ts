/** The folder that a migration writes. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProbeFile } from '../../config/probe_file.js';
import { foreignPrefix } from '../../ebpf_exporter/translate.js';
import { type MigratedSource, settingLines } from './sources.js';

/** What became of one file of ebpf_exporter. */
export interface WrittenFile {
  /** The name of the file it was made from. */
  readonly source: string;
  /** The file that was written; null if none was. */
  readonly file: string | null;
  readonly metrics: readonly string[];
  /** Whether the main file runs it. */
  readonly runs: boolean;
  /** Lines that set something, before and after. */
  readonly lines: { readonly before: number; readonly after: number };
  readonly notes: readonly string[];
}

/** The main file. */
export const mainName = 'santabpf.yaml';

/** Writes a probe file and an object for each source that has metrics, and a main file. @param folder must not be there */
export function writeMigration(folder: string, sources: readonly MigratedSource[]): WrittenFile[] {
  mkdirSync(folder, { recursive: true });
  const ownerOf = new Map<string, string>();
  const entries: string[] = [];
  const written = sources.map(({ source, probe, object, lines, migrated }): WrittenFile => {
    const { text, metrics, isIncomplete } = migrated;
    const notes = [...migrated.notes];
    const nothing = { source, file: null, metrics: [], runs: false, lines: { before: lines, after: 0 }, notes };
    if (text === undefined) return nothing;
    const file = join(folder, `${probe}.yaml`);
    writeFileSync(file, text);
    const { faults } = parseProbeFile(file);
    notes.push(...faults.map(({ message }) => `correct it: ${message}`));
    if (object !== undefined) copyFileSync(object, join(folder, `${probe}.bpf.o`));
    else
      notes.push(
        `it does not run without its object: put a usable ${probe}.bpf.o next to it, and the probe into ${mainName}`,
      );
    const twin = metrics.find((name) => ownerOf.has(name));
    if (twin !== undefined)
      notes.push(`it does not run: probe "${ownerOf.get(twin)}" also has ${twin}. Choose one in ${mainName}`);
    if (isIncomplete)
      notes.push(
        `it does not run, because it would count something else: see above, then put the probe into ${mainName}`,
      );
    const runs = object !== undefined && !isIncomplete && twin === undefined && faults.length === 0;
    if (runs) for (const name of metrics) ownerOf.set(name, probe);
    entries.push(runs ? `  - ${probe}` : `  # - ${probe}`);
    return { ...nothing, file: `${probe}.yaml`, metrics, runs, lines: { before: lines, after: settingLines(text) } };
  });
  writeFileSync(join(folder, mainName), mainText(entries));
  return written;
}

function mainText(entries: readonly string[]): string {
  return [
    '# Made by: santabpf migrate. With this prefix, dashboards and alerts for ebpf_exporter find their metrics.',
    `metric_prefix: ${foreignPrefix}`,
    'probe_path: [.]',
    entries.every((entry) => entry.startsWith('  #'))
      ? 'probes: [] # without the brackets, as soon as an entry is no comment'
      : 'probes:',
    ...entries,
    '',
  ].join('\n');
}
