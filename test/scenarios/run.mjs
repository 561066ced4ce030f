/**
 * Makes trouble on purpose and follows it to the notification. Usage: npm run scenario -- NAME..., or npm run test:scenarios for all.
 * Exit code 0: every notification came and named the culprit; 1: one did not; 2: no such scenario; 3: all were skipped.
 */
import { repertoire, turnsOf } from './repertoire.mjs';
import { perform, preamble } from './scenario.mjs';
import { startStack } from './stack.mjs';

/** @typedef {import('./scenario.mjs').Outcome} Outcome */

const names = [...repertoire.keys()];
const asked = process.argv.slice(2);
const chosen = asked.includes('--all') ? names : asked;
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
// Until everything is undone, however often Ctrl-C is pressed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => cancellation.abort());

console.log(preamble);
/** @type {Map<string, Outcome>} */
const outcomes = new Map();
const stack = await startStack();
try {
  const { together, oneByOne } = turnsOf(chosen);
  if (together.length > 1) console.log(`\nAt the same time: ${together.join(', ')}`);
  await Promise.all(together.map((name) => follow(name, together.length > 1)));
  for (const name of oneByOne) await follow(name, false);
} finally {
  await stack.stop();
}
if (chosen.length > 1) console.log(`\n${[...outcomes].map(([name, outcome]) => told(name, outcome)).join('\n')}`);
const results = [...outcomes.values()].map(({ result }) => result);
if (cancellation.signal.aborted || results.includes('failed')) process.exitCode = 1;
else if (!results.includes('passed')) process.exitCode = 3;

/** @param {string} name @param {boolean} amongOthers its timeline is then printed when it is complete */
async function follow(name, amongOthers) {
  if (cancellation.signal.aborted) return;
  const lines = [`\n${name}`];
  if (!amongOthers) console.log(lines.pop());
  const print = amongOthers ? (/** @type {string} */ line) => void lines.push(line) : console.log;
  const outcome = await outcomeOf(name, print);
  outcomes.set(name, outcome);
  console.log([...lines, told(name, outcome)].join('\n'));
}

/** @param {string} name @param {import('./scenario.mjs').Print} print @returns {Promise<Outcome>} */
async function outcomeOf(name, print) {
  const scenario = /** @type {import('./scenario.mjs').Scenario} */ (repertoire.get(name));
  try {
    return await perform(scenario, stack, print, cancellation.signal);
  } catch (error) {
    return { result: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {string} name @param {Outcome} outcome */
function told(name, { result, reason, seconds }) {
  const time = seconds === undefined ? '' : ` ${seconds.toFixed(1)} s from the event to the notification`;
  return `${result.padEnd(8)} ${name}${reason === undefined ? '' : `: ${reason}`}${time}`;
}
