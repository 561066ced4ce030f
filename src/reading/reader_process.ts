/** A process that reads one configuration, sends it as plain data, and ends. The exporter never holds the parsers. */
import type { EventEmitter } from 'node:events';
import { plainFaults } from '../config/plain_configuration.js';
import { Faults } from '../errors/fault.js';
import { loadAddon } from '../kernel/load_addon.js';
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
  const { readConfiguration } = await import('../config/load.js');
  const { file, objectFolder, switches } = task;
  return readConfiguration(file, { objectFolder, switches: new Map(switches) });
}

async function answer(task: ReadingTask): Promise<ReadingAnswer> {
  try {
    return { value: await read(task) };
  } catch (error) {
    if (error instanceof Faults) return { faults: plainFaults(error) };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Signals are the exporter's business; if it has ended, sending the answer fails, which does not matter.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
(process as EventEmitter).on('error', () => {});

const [, , task = '', exporter, cpuSeconds] = process.argv;
bound(Number(exporter), Number(cpuSeconds));
void answer(JSON.parse(task) as ReadingTask).then((message) => process.send!(message, () => process.exit()));
