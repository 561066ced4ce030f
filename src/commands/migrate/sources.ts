/** The files of ebpf_exporter in a folder, each with its object. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../config/file_text.js';
import { parseTree } from '../../config/yaml_tree.js';
import { checkForeignFile } from '../../ebpf_exporter/checked_file.js';
import { translate } from '../../ebpf_exporter/translate.js';
import { fault, SantaError } from '../../errors/fault.js';
import { type MigratedObject, type MigratedProbe, migrateFile, probeNameFor } from '../../migrate/probe.js';

export interface MigratedSource {
  /** The name of the file. */
  readonly source: string;
  /** The name of its probe. */
  readonly probe: string;
  /** The path of its object; undefined if it cannot be read. */
  readonly object: string | undefined;
  /** Lines without comments and empty ones. */
  readonly lines: number;
  readonly migrated: MigratedProbe;
}

/** @returns undefined if it cannot be read */
export type ReadParts = (path: string) => MigratedObject | undefined;

const seriesLimit = 10_000;

const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such folder', ENOTDIR: 'it is a file' };

/**
 * Migrates each file of a folder. A file with faults has them as notes, and no text.
 * @throws FOLDER_WITHOUT_FILES
 */
export function migrateFolder(folder: string, readParts: ReadParts): MigratedSource[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /[.]ya?ml$/.test(name))
      .sort((a, b) => (stemOf(a) < stemOf(b) ? -1 : 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fault('FOLDER_WITHOUT_FILES', { folder, reason: reasons[code ?? ''] ?? code ?? String(error) });
  }
  if (names.length === 0) throw fault('FOLDER_WITHOUT_FILES', { folder, reason: 'it has no YAML file' });
  const used = new Set<string>();
  return names.map((name) => {
    const stem = stemOf(name);
    let probe = probeNameFor(stem);
    while (used.has(probe)) probe = `${probe.slice(0, 62)}_2`;
    used.add(probe);
    return migrateOne(folder, name, stem, probe, readParts);
  });
}

const stemOf = (name: string) => name.replace(/[.]ya?ml$/, '');

function migrateOne(folder: string, source: string, stem: string, probe: string, readParts: ReadParts): MigratedSource {
  const path = join(folder, source);
  const object = join(folder, `${stem}.bpf.o`);
  const base = { source, probe, object: undefined };
  const refused = (faults: readonly SantaError[], lines = 0): MigratedSource => ({
    ...base,
    lines,
    migrated: { text: undefined, metrics: [], notes: faults.map(placedMessage) },
  });
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    if (!(error instanceof SantaError)) throw error;
    return refused([error]);
  }
  const lines = settingLines(text);
  const tree = parseTree(path, text);
  if (tree.value === undefined || tree.faults.length > 0) return refused(tree.faults, lines);
  const { file, faults, unknown } = checkForeignFile(tree);
  if (file === undefined) return refused(faults, lines);
  const parts = existsSync(object) ? readParts(object) : undefined;
  const facts = parts && {
    mapTypes: new Map(parts.maps.map(({ name, type }) => [name, type])),
    programs: parts.programs,
  };
  // Its faults are those that the exporter has with the file as it is.
  const { faults: untranslatable } = translate(stem, file, tree.places, seriesLimit, facts, { cgroupFolder: '' });
  if (untranslatable.length > 0) return refused(untranslatable, lines);
  const migrated = migrateFile(probe, file, parts);
  const notes = [...unknown.map(({ message }) => message), ...migrated.notes];
  return { ...base, object: parts && object, lines, migrated: { ...migrated, notes } };
}

function placedMessage(error: SantaError): string {
  const { location, message } = error;
  const [first = ''] = message.split('\n');
  return location?.line === undefined ? first : `line ${location.line}: ${first}`;
}

/** Lines that set something. */
export function settingLines(text: string): number {
  return text.split('\n').filter((line) => !/^\s*(?:#.*)?$/.test(line)).length;
}
