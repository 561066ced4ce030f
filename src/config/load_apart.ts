import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Configuration, LoadOptions } from './configuration.js';
import type { Answer } from './load_process.js';
import { reviveConfiguration, reviveFaults } from './plain_configuration.js';

// Nearly all the time is start-up: the optimiser and early garbage collections would not pay off.
const engineFlags = ['--no-opt', '--min-semi-space-size=16'];

function ask(file: string, { objectFolder, switches = new Map() }: LoadOptions): Promise<Answer> {
  const words = [file, objectFolder, JSON.stringify([...switches])];
  const process = fork(fileURLToPath(new URL('./load_process.js', import.meta.url)), words, {
    execArgv: engineFlags,
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise<Answer>((resolve, reject) => {
    let answer: Answer | undefined;
    process.once('message', (message) => {
      answer = message as Answer;
    });
    process.once('error', reject);
    process.once('close', (code, signal) => {
      if (answer) resolve(answer);
      else reject(new Error(`The process that reads the configuration ended with ${signal ?? code} and no answer`));
    });
  });
}

/**
 * `loadConfiguration` in a child process: the parsers take some 20 MB, which this process never has to hold. It resolves
 * when the child has ended.
 * @throws Faults with every fault of any of the files
 */
export async function loadConfigurationApart(file: string, options: LoadOptions): Promise<Configuration> {
  const answer = await ask(file, options);
  if ('defect' in answer)
    throw new Error(`Reading the configuration failed. This is a defect of SantaBPF: ${answer.defect}`);
  if ('faults' in answer) throw reviveFaults(answer.faults);
  return reviveConfiguration(answer.configuration);
}
