/** A process that reads one configuration, sends it as plain data, and ends. The exporter never holds the parsers. */
import type { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { unifiedFolder } from '../cgroups/hierarchies.js';
import { CompilerNeeded } from '../config/compiled_script.js';
import { type PlainConfiguration, plainFaults } from '../config/plain_configuration.js';
import type { ObjectFacts } from '../ebpf_exporter/object_facts.js';
import { Faults } from '../errors/fault.js';
import { loadAddon } from '../kernel/load_addon.js';
import { btfIdentity, keepConfiguration } from './configuration_cache.js';
import type { ReadingAnswer, ReadingTask } from './task.js';

/** Sees to it that this process ends with the exporter and at its limit of CPU time, whatever the parsers do. */
function bound(exporter: number, cpuSeconds: number): void {
  try {
    loadAddon().boundProcess(cpuSeconds);
  } catch {
    // The exporter itself reports an addon that cannot be loaded, and still limits the time.
  }
  // It may have ended before this process was bound to it.
  if (process.ppid !== exporter) process.exit(1);
}

async function read(task: ReadingTask): Promise<unknown> {
  if (task.kind === 'web configuration') {
    const { readWebConfiguration } = await import('../http/web_configuration.js');
    return readWebConfiguration(task.file);
  }
  if (task.kind === 'script') {
    const { explainScript } = await import('./script_compiler.js');
    return explainScript(task.file, task.btf);
  }
  if (task.kind === 'files of ebpf_exporter') {
    const { readForeign } = await import('../ebpf_exporter/read.js');
    const { proc } = task.source;
    const cgroupFolder = unifiedFolder(proc) ?? '/sys/fs/cgroup';
    return readForeign(task.source, { proc, cgroupFolder, readObject: objectFacts });
  }
  const { readConfiguration } = await import('../config/load.js');
  const { switches, script, btf } = task;
  const options = { switches: new Map(switches), script };
  try {
    return readConfiguration(task.file, options);
  } catch (error) {
    if (!(error instanceof CompilerNeeded)) throw error;
    const { scriptCompiler } = await import('./script_compiler.js');
    return readConfiguration(task.file, { ...options, compile: scriptCompiler(btf) });
  }
}

/** A later stage reports an object that is missing or broken. */
function objectFacts(path: string): ObjectFacts | undefined {
  try {
    const object = new (loadAddon().BpfObject)(path);
    const facts = {
      mapTypes: new Map(object.maps().map(({ name, typeName }) => [name, typeName])),
      programs: object.programs().map(({ name, section }) => ({ name, section })),
    };
    object.close();
    return facts;
  } catch {
    return undefined;
  }
}

async function answer(task: ReadingTask): Promise<ReadingAnswer> {
  try {
    return { value: await read(task) };
  } catch (error) {
    if (error instanceof Faults) return { faults: plainFaults(error) };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Keeps what was read, if it is to be kept. The exporter has it already: it does not matter if this fails. */
function keep(task: ReadingTask, message: ReadingAnswer): void {
  if (task.kind !== 'configuration' || task.keep === undefined || !('value' in message)) return;
  const { file, switches, script, btf } = task;
  const { folder, build } = task.keep;
  try {
    keepConfiguration(
      folder,
      { build, file: resolve(file), switches, script, btf: btfIdentity(btf) },
      message.value as PlainConfiguration,
    );
  } catch {
    // No such folder, no permission, no space.
  }
}

async function run(task: ReadingTask): Promise<void> {
  const message = await answer(task);
  process.send!(message, () => {
    keep(task, message);
    process.exit();
  });
}

// Signals are the exporter's business; if it has ended, sending the answer fails, which does not matter.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
(process as EventEmitter).on('error', () => {});

const [, , task = '', exporter, cpuSeconds] = process.argv;
bound(Number(exporter), Number(cpuSeconds));
void run(JSON.parse(task) as ReadingTask);
