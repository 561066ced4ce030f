#!/usr/bin/env node
/**
 * Compares what random scripts compute in the kernel with what an interpreter of their trees computes.
 *
 *   node test/script/differential/run.mjs [--programs=N] [--seed=N]     100,000 programs and a seed by the clock if omitted
 *
 * Needs root and `npm run build`. Exits with 1 after a difference, or a program that the verifier refuses: both are printed with their
 * script, made as small as possible. --seed=ITS_SEED --programs=1 repeats it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { grammarsOfBundle } from '../../../src/script/grammar_plugin.mjs';

const { values } = parseArgs({
  options: { programs: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
const root = join(import.meta.dirname, '../../..');
const outfile = join(root, '.cache/differential/fuzz.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'fuzz.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  plugins: [grammarsOfBundle],
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'test/harness')) },
  logLevel: 'warning',
});
/** @type {typeof import('./fuzz.js')} */
const { findDifference } = await import(pathToFileURL(outfile).href);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const programs = Number(values.programs);
console.log(`${programs} programs, seed ${seed}`);
let shown = 0;
const finding = await findDifference(seed, programs, 400, (done) => {
  if (done - shown < 1000) return;
  shown = done;
  console.log(`${done} programs`);
});
if (finding === undefined) console.log('No difference');
else {
  console.error(
    `Seed ${finding.seed}, ${finding.isRefused ? 'refused' : 'different'}: ${finding.difference}\n${finding.text}`,
  );
  process.exitCode = 1;
}
