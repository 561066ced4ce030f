import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './root.js';

interface MainFile {
  readonly probes: readonly (string | { readonly probe: string })[];
}

/** The main file that all benchmarks of the default set use: the shipped one. Settings for benchmarks only belong here. */
function shipped(): MainFile {
  const file = parse(readFileSync(join(root, 'config/santabpf.yaml'), 'utf8')) as MainFile;
  return { ...file, ...{ probe_path: [join(root, 'config/probes')], budget: 'none' } };
}

/** Names of the default probes. */
export function defaultProbes(): string[] {
  return shipped().probes.map((probe) => (typeof probe === 'string' ? probe : probe.probe));
}

/**
 * Writes a main file with some of the shipped probes.
 * @param folder which the caller removes
 * @param probes all default probes if not given
 * @returns the path of the file
 */
export function configurationFile(folder: string, probes?: readonly string[]): string {
  const path = join(folder, `${probes?.join('_').slice(0, 100) ?? 'default'}.yaml`);
  writeFileSync(path, JSON.stringify({ ...shipped(), ...(probes && { probes }) }));
  return path;
}
