/**
 * Runs inside a virtual machine: starts the built exporter with the scripts of script_cases.mjs, does a known amount of work and compares
 * the counts. Prints one JSON line per script.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScriptExporter } from '../script/beside/exporter.mjs';
import { sumOf } from './samples.mjs';
import { scriptCases, works } from './script_cases.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const workload = join(root, 'build/test/workload');
const comm = 'vm-scripts';
const nameOf = (/** @type {number} */ index) => `script_${index}`;

const files = scriptCases.map(({ script }, index) => [
  `${nameOf(index)}.bt`,
  script.replaceAll('COMM', comm).replaceAll('WORKLOAD', workload),
]);
const exporter = new ScriptExporter();
try {
  await exporter.start(join(root, 'dist'), Object.fromEntries(files));
  const states = await exporter.states();
  work();
  const samples = await exporter.samples();
  for (const [index, { title, metric = 'total', count, since }] of scriptCases.entries()) {
    const { state, reason } = states.get(nameOf(index)) ?? { state: 'not shown' };
    const name = ['santabpf', nameOf(index), metric].filter((part) => part !== '').join('_');
    const received = sumOf(samples, name, {});
    console.log(JSON.stringify({ script: title, state, reason, since, least: count, most: count, received }));
  }
} finally {
  await exporter.stop();
}

/** As many processes as `ends` says. */
function work() {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-scripts-'));
  const file = join(folder, 'opened');
  writeFileSync(file, 'x');
  const perform = (/** @type {string[]} */ ...words) => execFileSync(workload, ['--comm', comm, ...words]);
  perform('getppid', String(works.calls));
  perform('opens', String(works.opens), file);
  perform('read', String(works.reads), String(works.readBytes), '/dev/zero');
  rmSync(folder, { recursive: true });
}
