/**
 * Causes problems on purpose and follows each one to its notification. Usage: npm run scenario -- NAME... [--identity LABELS], or
 * npm run test:scenarios for all.
 * Exit codes: 0 every notification arrived and named the culprit; 1 at least one did not; 2 unknown scenario; 3 all skipped.
 */
import { parseArgs } from 'node:util';
import { catalogue, schedule } from './catalogue.mjs';
import { perform, preamble } from './scenario.mjs';
import { startStack } from './stack.mjs';

/** @typedef {import('./scenario.mjs').Outcome} Outcome */

const names = [...catalogue.keys()];
const {
  values: { all, identity },
  positionals,
} = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, identity: { type: 'string', default: 'command' } },
});
const chosen = all ? names : positionals;
const unknown = chosen.filter((name) => !names.includes(name));
if (chosen.length === 0 || unknown.length > 0) {
  const problem = unknown.length > 0 ? `Unknown scenario: ${unknown.join(', ')}` : 'No scenario given';
  console.error(`${problem}. Choose from: ${names.join(', ')}`);
  process.exit(2);
}
if (process.getuid?.() !== 0) {
  console.error('Scenarios load BPF programs and set up loop devices, which needs root. Run it with sudo.');
  process.exit(1);
}

const cancellation = new AbortController();
// The handlers stay in place during the clean-up, so a second Ctrl-C cannot interrupt it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => cancellation.abort());

console.log(preamble);
/** @type {Map<string, Outcome>} */
const outcomes = new Map();
const withFlameGraph = chosen.some((name) => catalogue.get(name)?.hotFunction !== undefined);
const stack = await startStack({ identity, recorder: withFlameGraph });
try {
  const { parallel, sequential } = schedule(chosen);
  if (parallel.length > 1) console.log(`\nIn parallel: ${parallel.join(', ')}`);
  await Promise.all(parallel.map((name) => follow(name, parallel.length > 1)));
  for (const name of sequential) await follow(name, false);
} finally {
  await stack.stop();
}
if (chosen.length > 1) console.log(`\n${[...outcomes].map(([name, outcome]) => lineOf(name, outcome)).join('\n')}`);
const results = [...outcomes.values()].map(({ result }) => result);
if (cancellation.signal.aborted || results.includes('failed')) process.exitCode = 1;
else if (!results.includes('passed')) process.exitCode = 3;

/** @param {string} name @param {boolean} buffered prints the timeline when it is complete, because others run in parallel */
async function follow(name, buffered) {
  if (cancellation.signal.aborted) return;
  const lines = [`\n${name}`];
  if (!buffered) console.log(lines.pop());
  const print = buffered ? (/** @type {string} */ line) => void lines.push(line) : console.log;
  const outcome = await outcomeOf(name, print);
  outcomes.set(name, outcome);
  console.log([...lines, lineOf(name, outcome)].join('\n'));
}

/** @param {string} name @param {import('./scenario.mjs').Print} print @returns {Promise<Outcome>} */
async function outcomeOf(name, print) {
  const scenario = /** @type {import('./scenario.mjs').Scenario} */ (catalogue.get(name));
  try {
    return await perform(scenario, stack, print, cancellation.signal);
  } catch (error) {
    return { result: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {string} name @param {Outcome} outcome */
function lineOf(name, { result, reason, seconds }) {
  const time = seconds === undefined ? '' : ` ${seconds.toFixed(1)} s from the event to the notification`;
  return `${result.padEnd(8)} ${name}${reason === undefined ? '' : `: ${reason}`}${time}`;
}
