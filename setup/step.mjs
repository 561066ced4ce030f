/** Runs the commands of the set-up and reports their progress. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const tailLines = 40;

/** A step that failed. The message says what failed, why and what to do. */
export class SetupFault extends Error {}

/** @param {string} line */
export function say(line) {
  console.log(`setup: ${line}`);
}

/**
 * Runs a command, captures its output, and reports its begin and its duration.
 * @param {string} title what the command does
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string; env?: NodeJS.ProcessEnv; remedy?: string }} options `remedy`: what to do when the command fails
 * @throws {SetupFault} with the last lines of output when the exit code is not 0
 */
export async function run(title, command, args, { cwd, env = {}, remedy }) {
  const begin = performance.now();
  say(`${title} ...`);
  const { code, output } = await capture(command, args, { cwd, env });
  if (code !== 0) {
    const tail = output.trimEnd().split('\n').slice(-tailLines).join('\n');
    const text = [
      `${title} failed: "${[command, ...args].join(' ')}" ended with ${code}.`,
      remedy,
      `Its last lines:\n${tail}`,
    ];
    throw new SetupFault(text.filter((part) => part !== undefined).join('\n'));
  }
  say(`${title}: done in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string; env: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ code: number | string; output: string }>} exit code, signal or spawn error, and stdout and stderr together
 */
function capture(command, args, { cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: error.message, output: '' }));
    child.on('close', (code, signal) => {
      resolve({ code: code ?? signal ?? 'an unknown end', output: Buffer.concat(chunks).toString() });
    });
  });
}
