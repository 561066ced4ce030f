/**
 * Runs in a process of its own: compiles, loads and attaches one script as the exporter does, and prints how long each stage took.
 * Usage: node script_stages.js ADDON SCRIPT
 */

import { loadAddon } from '../src/kernel/load_addon.js';
import { scriptCompiler } from '../src/reading/script_compiler.js';

export interface StageTimes {
  /** Milliseconds; includes the reading of the kernel's types. */
  readonly compile: number;
  /** Opening the object, creating its maps, the kernel's verifier. */
  readonly load: number;
  readonly attach: number;
}

const [addonFile = '', text = ''] = process.argv.slice(2);
const addon = loadAddon(addonFile);

async function measure(): Promise<StageTimes> {
  const begin = performance.now();
  const { object } = scriptCompiler()({ file: 'script', text, probe: 'script', events: {} });
  const compiled = performance.now();
  const loading = new addon.BpfObject(object, { name: 'script' });
  await loading.load();
  const loaded = performance.now();
  for (const { name } of loading.programs()) loading.attach(name);
  const attached = performance.now();
  loading.close();
  return { compile: compiled - begin, load: loaded - compiled, attach: attached - loaded };
}

measure().then(
  (times) => process.stdout.write(JSON.stringify(times)),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
