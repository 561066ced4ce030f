/** `santabpf migrate FOLDER`: probe files from the files of ebpf_exporter. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { defineCommand } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { fault, SantaError } from '../errors/fault.js';
import { inspectHost } from '../kernel/host.js';
import { loadAddon } from '../kernel/load_addon.js';
import { readObject } from './inspect/object_parts.js';
import { mainName, writeMigration } from './migrate/files.js';
import { migrationReport } from './migrate/report.js';
import { migrateFolder, type ReadParts } from './migrate/sources.js';
import { paintFor } from './output/paint.js';
import { widthOf } from './output/wrapped.js';

export const command = defineCommand({
  name: 'migrate',
  summary: 'Make probe files from the files of ebpf_exporter',
  description: [
    'Makes a probe file of each NAME.yaml of ebpf_exporter in FOLDER that has a NAME.bpf.o, and a main file.',
    'Metrics keep their names. Lists what is different from ebpf_exporter, and why.',
  ],
  operands: [{ name: 'FOLDER' }],
  flags: {
    output: { takes: 'FOLDER', help: 'Folder to write [FOLDER-santabpf]; it must not be there yet', parse: text },
    json: { help: 'Print JSON' },
  },
  examples: ['migrate /etc/ebpf_exporter', 'migrate examples --output=/etc/santabpf'],
  run([given = ''], { output, json }) {
    const from = resolve(given);
    const folder = resolve(output ?? join(dirname(from), `${basename(from)}-santabpf`));
    if (existsSync(folder)) throw fault('FOLDER_EXISTS', { folder: shown(folder) });
    const files = writeMigration(folder, migrateFolder(from, partsReader()));
    if (json) {
      process.stdout.write(`${JSON.stringify({ folder, main: mainName, files }, undefined, 2)}\n`);
    } else {
      const style = { paint: paintFor(process.stdout), width: widthOf(process.stdout) };
      const next = `santabpf --config.file=${join(shown(folder), mainName)} --config.check`;
      process.stdout.write(migrationReport(shown(folder), files, next, style));
    }
    return Promise.resolve(files.some(({ runs }) => runs) ? 0 : 1);
  },
});

const shown = (path: string) => relative('', path) || '.';

/** An object that cannot be read costs the names of its fields only. */
function partsReader(): ReadParts {
  const context = { addon: loadAddon(), host: inspectHost({ proc: '/proc', sys: '/sys' }), btfPath: undefined };
  return (path) => {
    try {
      return readObject({ ...context, onLog: () => {} }, path);
    } catch (error) {
      if (!(error instanceof SantaError)) throw error;
      return undefined;
    }
  };
}
