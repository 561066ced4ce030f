/** Which probes a configuration has. */
import { basename, resolve } from 'node:path';
import { fault, SantaError } from '../errors/fault.js';
import { type CompileScript, needCompiler } from './compiled_script.js';
import { readText } from './file_text.js';
import { mainFile, type ProbeEntry, scriptPath } from './main_schema.js';
import { scriptArgument, scriptFileOf } from './plain_configuration.js';
import { type ParsedProbe, parseProbeFile, parseScriptFile, scriptName } from './probe_file.js';
import type { ProbeFolders } from './probe_folders.js';
import type { Tree } from './yaml_tree.js';

export interface Chosen {
  readonly entry: ProbeEntry;
  /** The place in `probes`; undefined if a flag alone names the probe. */
  readonly index: number | undefined;
  /** The index of its folder. */
  readonly folder: number;
  readonly parsed: ParsedProbe;
}

/** What flags choose, and the compiler for probes with a script. */
interface Choice {
  readonly switches?: ReadonlyMap<string, boolean>;
  readonly compile?: CompileScript;
}

/** The probes that a main file lists, those with a fault left out. @param root its content, unchecked */
export function entriesOf(root: unknown): { entry: ProbeEntry; index: number }[] {
  const listed = (root as { probes?: unknown } | null)?.probes;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((item: unknown, index) => {
    const result = mainFile.shape.probes.element.safeParse(item);
    if (!result.success) return [];
    return [{ entry: typeof result.data === 'string' ? { probe: result.data } : result.data, index }];
  });
}

/** The probes of a main file and of flags. Adds what is wrong to `faults`. */
export function choose(
  tree: Tree,
  folders: ProbeFolders,
  { switches, compile }: Choice,
  faults: SantaError[],
): Chosen[] {
  faults.push(...folders.faults);
  const chosen = new Map<string, Chosen>();
  const take = (entry: ProbeEntry, index: number | undefined) => {
    const { probe } = entry;
    if (scriptPath.test(probe)) {
      const parsed = parseScriptAt(scriptFileOf(tree.places.file, probe), compile);
      if (parsed instanceof SantaError) {
        const { code, message, remedy, cause } = parsed;
        faults.push(new SantaError(code, message, remedy, tree.places.locate(['probes', index!]), cause));
      } else chosen.set(probe, { entry, index, folder: -1, parsed });
      return;
    }
    const found = folders.find(probe, index === undefined ? undefined : tree.places.locate(['probes', index]));
    if (!(found instanceof SantaError)) {
      const isOff = switches?.get(probe) === false;
      if (!isOff)
        chosen.set(probe, { entry, index, folder: found.folder, parsed: parseProbeFile(found.file, compile) });
    } else if (folders.faults.length === 0) {
      // Otherwise the probe may be in a folder that could not be read.
      faults.push(found);
    }
  };
  const lines = new Map<string, number>();
  for (const { entry, index } of entriesOf(tree.value)) {
    const { probe } = entry;
    const location = tree.places.locate(['probes', index]);
    const first = lines.get(probe);
    if (first !== undefined) {
      faults.push(fault('CONFIG_PROBE_TWICE', { probe, first }, { location }));
      continue;
    }
    lines.set(probe, location.line);
    take(entry, index);
  }
  for (const probe of switches?.keys() ?? []) if (!lines.has(probe)) take({ probe }, undefined);
  if (chosen.size === 0 && lines.size > 0 && faults.length === 0) {
    faults.push(fault('ARGUMENT_INVALID', { problem: `--no-probe switches off every probe of "${tree.places.file}"` }));
  }
  return [...chosen.values()];
}

/**
 * One probe, with what the main file says about it if it lists that probe. Adds what is wrong to `faults`.
 * @param written a name, or the path of a probe file or of a script
 */
export function chooseOne(
  written: string,
  tree: Tree,
  folders: ProbeFolders,
  compile: CompileScript | undefined,
  faults: SantaError[],
): Chosen[] {
  const isScript = scriptPath.test(written);
  const isFile = isScript || /[/]|[.]ya?ml$/.test(written);
  const name = isFile ? basename(written, '.yaml') : written;
  const found = isScript ? undefined : folders.find(name);
  if (!isFile && found instanceof SantaError) {
    // The probe may be in a folder that could not be read.
    faults.push(...(folders.faults.length > 0 ? folders.faults : [found]));
    return [];
  }
  const known = found instanceof SantaError ? undefined : found?.file;
  const file = isFile ? resolve(written) : known!;
  const listed = entriesOf(tree.value).find(({ entry: { probe } }) =>
    scriptPath.test(probe) ? scriptFileOf(tree.places.file, probe) === file : probe === name && known === file,
  );
  const parsed = isScript ? parseScriptAt(file, compile) : parseProbeFile(file, compile);
  if (parsed instanceof SantaError) {
    faults.push(parsed);
    return [];
  }
  return [{ entry: listed?.entry ?? { probe: name }, index: listed?.index, folder: -1, parsed }];
}

/** A script without a probe file. */
function parseScriptAt(file: string, compile: CompileScript = needCompiler): ParsedProbe | SantaError {
  try {
    return parseScriptFile(file, readText(file), scriptName(file), compile);
  } catch (error) {
    if (error instanceof SantaError) return error;
    throw error;
  }
}

/** The script of the command line. */
export function chosenScript(text: string, compile: CompileScript = needCompiler): Chosen {
  const parsed = parseScriptFile(scriptArgument, text, 'script', compile);
  return { entry: { probe: scriptArgument }, index: undefined, folder: -1, parsed };
}
