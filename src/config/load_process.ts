/** The process of `loadConfigurationApart`: parses, answers with plain data, and ends. */
import type { EventEmitter } from 'node:events';
import { Faults } from '../errors/fault.js';
import { readConfiguration } from './load.js';
import { type PlainConfiguration, type PlainFault, plainFaults } from './plain_configuration.js';

/** What the process answers: one of the three. */
export type Answer =
  | { readonly configuration: PlainConfiguration }
  | { readonly faults: readonly PlainFault[] }
  /** A mistake of this program's own: a stack trace. */
  | { readonly defect: string };

function answer(file: string, objectFolder: string): Answer {
  try {
    return { configuration: readConfiguration(file, { objectFolder }) };
  } catch (error) {
    if (error instanceof Faults) return { faults: plainFaults(error) };
    return { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// The exporter alone decides when to end; when it has ended, nobody is left to answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
(process as EventEmitter).on('error', () => {});

const [, , file = '', objectFolder = ''] = process.argv;
process.send!(answer(file, objectFolder), () => process.connected && process.disconnect());
