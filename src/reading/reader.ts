import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Faults, fault } from '../errors/fault.js';
import { engineFlags } from './engine_flags.mjs';
import type { ReadingAnswer, ReadingLimits, ReadingTask } from './task.js';

const program = fileURLToPath(new URL('./reader_process.js', import.meta.url));

/** What V8 says when it gives up, and more. */
const keptErrorText = 4096;

/**
 * Runs a reading process.
 * @returns its answer
 * @param signal ends the process; then the call rejects with the reason of the signal
 * @throws Faults CONFIG_TOO_COSTLY if it reached a limit
 */
export function askReader(task: ReadingTask, limits: ReadingLimits, signal?: AbortSignal): Promise<ReadingAnswer> {
  signal?.throwIfAborted();
  const words = [JSON.stringify(task), String(process.pid), String(limits.cpuSeconds)];
  const child = fork(program, words, {
    execArgv: engineFlags(limits.megabytes),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const costly = (limit: string) => new Faults([fault('CONFIG_TOO_COSTLY', { path: task.file, limit })]);
  return new Promise<ReadingAnswer>((resolve, reject) => {
    // Neither waits for the end: a process that a file system holds does not die.
    const stop = (reason: unknown) => {
      child.kill('SIGKILL');
      reject(reason);
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    const timer = setTimeout(() => stop(costly(`${limits.seconds} s`)), limits.seconds * 1000);
    const errorText = keepErrorText(child);
    child.once('message', (message) => resolve(message as ReadingAnswer));
    child.once('error', reject);
    child.once('close', (code, ending) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (ending === 'SIGPROF') reject(costly(`${limits.cpuSeconds} s of CPU time`));
      // So V8 ends when its heap is full.
      else if (ending === 'SIGABRT' || ending === 'SIGTRAP') reject(costly(`${limits.megabytes} MB of memory`));
      else
        reject(new Error(`The process that reads "${task.file}" ended with ${ending ?? code}.\n${errorText()}`.trim()));
    });
  });
}

function keepErrorText({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr!.setEncoding('utf8').on('data', (data: string) => {
    text = (text + data).slice(0, keptErrorText);
  });
  return () => text;
}
