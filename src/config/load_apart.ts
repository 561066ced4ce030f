import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Configuration, LoadOptions } from './configuration.js';
import type { Answer } from './load_process.js';
import { reviveConfiguration, reviveFaults } from './plain_configuration.js';

// Most of the time goes into starting: no optimiser for code that runs once, and no collection of what ends with it.
const engineFlags = ['--no-opt', '--min-semi-space-size=16'];

function ask(file: string, objectFolder: string): Promise<Answer> {
  const process = fork(fileURLToPath(new URL('./load_process.js', import.meta.url)), [file, objectFolder], {
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
      else reject(new Error(`the process that reads the configuration ended with ${signal ?? code} and no answer`));
    });
  });
}

/**
 * `loadConfiguration` in a process of its own, so that the memory of the parsers (some 20 MB) is never this process's, and
 * other work goes on meanwhile. Resolves when that process has ended.
 * @throws Faults with all that is wrong with any of the files
 */
export async function loadConfigurationApart(file: string, { objectFolder }: LoadOptions): Promise<Configuration> {
  const answer = await ask(file, objectFolder);
  if ('defect' in answer) throw new Error(`reading the configuration failed by a defect of SantaBPF: ${answer.defect}`);
  if ('faults' in answer) throw reviveFaults(answer.faults);
  return reviveConfiguration(answer.configuration);
}
