import type { Configuration, LoadOptions } from '../config/configuration.js';
import { type PlainConfiguration, reviveConfiguration, reviveFaults } from '../config/plain_configuration.js';
import type { WebConfiguration } from '../http/web_configuration.js';
import { askReader } from './reader.js';
import { type ReadingLimits, type ReadingTask, readingLimits } from './task.js';

/** How a reading can end early. */
export interface ReadingControl {
  /** Ends the reading, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  readonly limits?: ReadingLimits;
}

/**
 * `readConfiguration` in a process of its own.
 * @throws Faults with every fault of any of the files, or CONFIG_TOO_COSTLY
 */
export async function readConfigurationApart(
  file: string,
  { objectFolder, switches = new Map() }: LoadOptions,
  control: ReadingControl = {},
): Promise<Configuration> {
  const task = { kind: 'configuration', file, objectFolder, switches: [...switches] } as const;
  return reviveConfiguration((await readApart(task, control)) as PlainConfiguration);
}

/**
 * `readWebConfiguration` in a process of its own.
 * @throws Faults with every fault of the file and the files it names, or CONFIG_TOO_COSTLY
 */
export async function readWebConfigurationApart(file: string, control: ReadingControl = {}): Promise<WebConfiguration> {
  return (await readApart({ kind: 'web configuration', file }, control)) as WebConfiguration;
}

async function readApart(task: ReadingTask, { signal, limits = readingLimits }: ReadingControl): Promise<unknown> {
  const answer = await askReader(task, limits, signal);
  if ('defect' in answer)
    throw new Error(`Reading "${task.file}" failed. This is a defect of SantaBPF: ${answer.defect}`);
  if ('faults' in answer) throw reviveFaults(answer.faults);
  return answer.value;
}
