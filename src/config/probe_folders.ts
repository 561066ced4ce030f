import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fault, type SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import { unreadableReason } from './file_text.js';
import type { SourceMap } from './source_map.js';

/** The folders of `probe_path`, and the probe files in them. */
export class ProbeFolders {
  readonly faults: SantaError[] = [];
  private readonly folders: { readonly path: string; readonly probes: ReadonlySet<string> }[] = [];

  /** @param paths as written in the main file, relative to its folder */
  constructor(paths: readonly string[], main: SourceMap) {
    for (const [index, written] of paths.entries()) {
      const path = resolve(dirname(main.file), written);
      try {
        const files = readdirSync(path).filter((file) => file.endsWith('.yaml'));
        this.folders.push({ path, probes: new Set(files.map((file) => file.slice(0, -'.yaml'.length))) });
      } catch (cause) {
        const location = main.locate(['probe_path', index]);
        const reason = isFile(path) ? 'it is a file' : unreadableReason(cause);
        this.faults.push(fault('CONFIG_FOLDER', { path, reason }, { location, cause }));
      }
    }
  }

  /** The file of a probe in the first folder that has one; a fault at `location` when no folder has. */
  find(probe: string, location?: Location): string | SantaError {
    const folder = this.folders.find(({ probes }) => probes.has(probe));
    if (folder) return join(folder.path, `${probe}.yaml`);
    const known = [...new Set(this.folders.flatMap(({ probes }) => [...probes]))].sort();
    const folders = this.folders.map(({ path }) => path);
    return fault('CONFIG_PROBE_UNKNOWN', { probe, folders, nearest: nearest(probe, known), known }, { location });
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
