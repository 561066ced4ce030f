import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfiguration } from '../../src/config/load.js';
import { Faults } from '../../src/errors/fault.js';

/** Files by path relative to the folder of the main file. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs `use` with a folder that holds these files, and removes it. */
export function withFolder<T>(files: Files, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-config-'));
  const remove = () => rmSync(folder, { recursive: true });
  let result: T;
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    result = use(folder);
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(remove) as T;
  remove();
  return result;
}

export const objectFolder = '/objects';

/** A main file that runs the one probe `p`. */
export const mainOfOne = 'probes: [p]\n';

export const load = (files: Files) =>
  withFolder(files, (folder) => loadConfiguration(join(folder, 'main.yaml'), { objectFolder }));

/** What a person is shown for these files; their folder is left out of the text. */
export function refusal(files: Files): string {
  return withFolder(files, (folder) => {
    try {
      loadConfiguration(join(folder, 'main.yaml'), { objectFolder });
    } catch (error) {
      if (error instanceof Faults) return error.message.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
      throw error;
    }
    return 'accepted';
  });
}

/** A probe file with one metric; `lines` go into the metric, replacing those of the same name. */
export function probeOf(lines: Readonly<Record<string, string | undefined>>): string {
  const metric: Record<string, string | undefined> = {
    name: 'things_total',
    type: 'counter',
    help: 'Things.',
    map: 'm',
    ...lines,
  };
  const written = Object.entries(metric).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return `probe: p\nsummary: A probe.\nmetrics:\n  - ${written.join('\n    ')}\n`;
}
