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
  /** CPU time of all three, also of V8's threads. */
  readonly cpu: number;
}

const [addonFile = '', text = ''] = process.argv.slice(2);
const addon = loadAddon(addonFile);

async function measure(): Promise<StageTimes> {
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const { object } = scriptCompiler()({ file: 'script', text, probe: 'script', events: {} });
  const compiled = performance.now();
  const loading = new addon.BpfObject(object, { name: 'script' });
  await loading.load();
  const loaded = performance.now();
  for (const { name } of loading.programs()) loading.attach(name);
  const attached = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  loading.close();
  return { compile: compiled - begin, load: loaded - compiled, attach: attached - loaded, cpu: (user + system) / 1000 };
}

measure().then(
  (times) => process.stdout.write(JSON.stringify(times)),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
