/**
 * Makes trouble on purpose and follows it to the notification. Usage: npm run scenario -- NAME, or npm run test:scenarios for all.
 * Exit code 0: every notification came and named the culprit; 1: one did not; 2: no such scenario; 3: the only one was skipped.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { perform, preamble } from './scenario.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'reproducers');
const names = readdirSync(folder).map((file) => file.replace(/\.mjs$/, ''));

const asked = process.argv.slice(2);
const all = asked.includes('--all');
const chosen = all ? names : asked;
const unknown = chosen.filter((name) => !names.includes(name));
if (chosen.length === 0 || unknown.length > 0) {
  console.error(`Expected a scenario out of ${names.join(', ')} but received ${unknown.join(' ') || 'none'}`);
  process.exit(2);
}
if (process.getuid?.() !== 0) {
  console.error('Expected root, which BPF programs and loop devices need. Run it with sudo.');
  process.exit(1);
}

const cancellation = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => cancellation.abort());

console.log(preamble);
/** @type {Map<string, import('./scenario.mjs').Outcome>} */
const outcomes = new Map();
for (const name of chosen) {
  if (cancellation.signal.aborted) break;
  console.log(`\n${name}`);
  outcomes.set(name, await outcomeOf(name));
  console.log(told(name));
}
if (all) console.log(`\n${[...outcomes.keys()].map(told).join('\n')}`);
const results = [...outcomes.values()].map(({ result }) => result);
if (cancellation.signal.aborted || results.includes('failed')) process.exitCode = 1;
else if (!results.includes('passed')) process.exitCode = 3;

/** @param {string} name @returns {Promise<import('./scenario.mjs').Outcome>} */
async function outcomeOf(name) {
  /** @type {{ default: import('./scenario.mjs').Scenario }} */
  const { default: scenario } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  try {
    return await perform(scenario, console.log, cancellation.signal);
  } catch (error) {
    return { result: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {string} name */
function told(name) {
  const { result, reason, seconds } = outcomes.get(name) ?? { result: 'failed' };
  const time = seconds === undefined ? '' : ` ${seconds.toFixed(1)} s from the event to the notification`;
  return `${result.padEnd(8)} ${name}${reason === undefined ? '' : `: ${reason}`}${time}`;
}
