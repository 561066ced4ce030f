#!/usr/bin/env node
/**
 * Gives the parsers of test/fuzz/parsers.ts damaged inputs, and has the test build of the addon count random records of events
 * (test/fuzz/event_records.ts).
 *
 *   node test/fuzz/run.mjs [--inputs=N] [--seed=N] [PARSER...]     a million inputs of each parser and a seed by the clock if omitted
 *
 * Input i of a run has the seed + i. Exits with 1 after a crash, or an input that takes over 5 seconds of CPU time; --seed=ITS_SEED --inputs=1
 * repeats it.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const LONGEST_MS = 5000;
/** Between two lines of output. */
const REPORTED = 50_000;

/** @param {number} seed of an input */
const inputOf = (seed) => randomNumbers(Math.imul(seed, 0x9e3779b1));

/** CPU time, in milliseconds: on a busy machine the clock says nothing about an input. @param {() => unknown} work */
function cpuMillisecondsOf(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const root = join(import.meta.dirname, '../..');
process.chdir(root);
const outfile = join(root, '.cache/fuzz/parsers.mjs');
const entry = `
  export { parsers } from './parsers.js';
  export { recordCounter } from './event_records.js';
  export { randomNumbers } from '../harness/random.js';`;
await build({
  stdin: { contents: entry, resolveDir: import.meta.dirname },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
/** @type {typeof import('./parsers.js') & typeof import('./event_records.js') & typeof import('../harness/random.js')} */
const { parsers, recordCounter, randomNumbers } = await import(pathToFileURL(outfile).href);

/** @type {typeof import('../harness/native_addon.js').addon.countRecords} */
const countRecords = (plan, records) => testAddon().countRecords(plan, records);
const testAddon = () => createRequire(import.meta.url)(join(root, 'build/Release/santabpf_test.node'));
/** @type {typeof parsers} */
const all = { ...parsers, records: recordCounter(countRecords) };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const start = Number(values.seed ?? Date.now() % 1_000_000_000);
const names = positionals.length > 0 ? positionals : Object.keys(all);

/** @param {string} name @returns {boolean} whether nothing was found */
function run(name) {
  try {
    return survives(name);
  } catch (error) {
    console.error(`${name}:`, error);
    return false;
  }
}

/** @param {string} name @returns {boolean} false if there is no such parser. Throws what an input caused. */
function survives(name) {
  const parser = all[name];
  if (parser === undefined) {
    console.error(`There is no parser "${name}". Parsers: ${Object.keys(all).join(', ')}`);
    return false;
  }
  console.log(`${name}: ${values.inputs} inputs, seed ${start}`);
  let accepted = 0;
  let longest = 0;
  // A million of errors with stacks take longer than what throws them. What was found is run again with them.
  Error.stackTraceLimit = 0;
  for (let seed = start; seed < start + Number(values.inputs); seed++) {
    const done = seed - start;
    if (done > 0 && done % REPORTED === 0) console.log(`${name}: ${done} so far`);
    const begin = performance.now();
    try {
      if (parser(inputOf(seed))) accepted++;
    } catch (error) {
      Error.stackTraceLimit = 10;
      console.error(`${name}, seed ${seed} fails:`);
      parser(inputOf(seed));
      throw error;
    }
    const took = performance.now() - begin;
    longest = Math.max(longest, took);
    if (took <= LONGEST_MS) continue;
    const cpu = cpuMillisecondsOf(() => parser(inputOf(seed)));
    if (cpu <= LONGEST_MS) continue;
    throw new Error(`${name}, seed ${seed}: took ${cpu.toFixed(0)} ms`);
  }
  console.log(`${name}: ${accepted} accepted, the longest took ${longest.toFixed(1)} ms`);
  return true;
}

process.exitCode = names.map(run).includes(false) ? 1 : 0;
