/** The child process of `loadConfigurationApart`: parses, sends plain data, and ends. */
import type { EventEmitter } from 'node:events';
import { Faults } from '../errors/fault.js';
import type { LoadOptions } from './configuration.js';
import { readConfiguration } from './load.js';
import { type PlainConfiguration, type PlainFault, plainFaults } from './plain_configuration.js';

/** The message of the child process. */
export type Answer =
  | { readonly configuration: PlainConfiguration }
  | { readonly faults: readonly PlainFault[] }
  /** The stack trace of an unexpected error. */
  | { readonly defect: string };

function answer(file: string, options: LoadOptions): Answer {
  try {
    return { configuration: readConfiguration(file, options) };
  } catch (error) {
    if (error instanceof Faults) return { faults: plainFaults(error) };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Signals are the exporter's business; if it has ended, sending the answer fails, which does not matter.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
(process as EventEmitter).on('error', () => {});

const [, , file = '', objectFolder = '', switches = '[]'] = process.argv;
const options = { objectFolder, switches: new Map(JSON.parse(switches) as [string, boolean][]) };
process.send!(answer(file, options), () => process.connected && process.disconnect());
