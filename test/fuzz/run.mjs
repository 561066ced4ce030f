#!/usr/bin/env node
/**
 * Gives the parsers of test/fuzz/parsers.ts damaged inputs.
 *
 *   node test/fuzz/run.mjs [--inputs=N] [--seed=N] [PARSER...]     a million inputs of each parser and a seed by the clock if omitted
 *
 * Input i of a run has the seed + i. Exits with 1 after a crash, or an input that takes over 5 seconds of CPU time; --seed=ITS_SEED --inputs=1
 * repeats it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const LONGEST_MS = 5000;

/** CPU time of this process so far, in milliseconds: on a busy machine the clock says nothing about an input. */
function cpuMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const root = join(import.meta.dirname, '../..');
process.chdir(root);
const outfile = join(root, '.cache/fuzz/parsers.mjs');
const entry = "export { parsers } from './parsers.js'; export { randomNumbers } from '../harness/random.js';";
await build({
  stdin: { contents: entry, resolveDir: import.meta.dirname },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
/** @type {typeof import('./parsers.js') & typeof import('../harness/random.js')} */
const { parsers, randomNumbers } = await import(pathToFileURL(outfile).href);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const start = Number(values.seed ?? Date.now() % 1_000_000_000);
const names = positionals.length > 0 ? positionals : Object.keys(parsers);

/** @param {string} name @returns {boolean} whether nothing was found */
function run(name) {
  const parser = parsers[name];
  if (parser === undefined) {
    console.error(`There is no parser "${name}". Parsers: ${Object.keys(parsers).join(', ')}`);
    return false;
  }
  console.log(`${name}: ${values.inputs} inputs, seed ${start}`);
  let accepted = 0;
  let longest = 0;
  for (let seed = start; seed < start + Number(values.inputs); seed++) {
    const begin = cpuMilliseconds();
    try {
      if (parser(randomNumbers(Math.imul(seed, 0x9e3779b1)))) accepted++;
    } catch (error) {
      console.error(`${name}, seed ${seed}:`, error);
      return false;
    }
    const took = cpuMilliseconds() - begin;
    longest = Math.max(longest, took);
    if (took <= LONGEST_MS) continue;
    console.error(`${name}, seed ${seed}: took ${took.toFixed(0)} ms`);
    return false;
  }
  console.log(`${name}: ${accepted} accepted, the longest took ${longest.toFixed(1)} ms`);
  return true;
}

process.exitCode = names.map(run).includes(false) ? 1 : 0;
