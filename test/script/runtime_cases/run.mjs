#!/usr/bin/env node
/**
 * Runs the runtime cases of bpftrace's repository with the compiler of scripts, and prints how many passed.
 *
 *   node test/script/runtime_cases/run.mjs TESTS [--named=TEXT] [--verbose] [FILE...]
 *
 * TESTS is the folder `tests` of bpftrace's repository, FILE a file in its folder `runtime`; all by default. Needs root, gcc, and
 * `npm run build`. Exits with 1 if less than 90 % of the applicable cases pass. tracefs is mounted for this process only.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { grammarsOfBundle } from '../../../src/script/grammar_plugin.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { named: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});
const [tests, ...files] = positionals;
if (tests === undefined) {
  console.error("Name the folder `tests` of bpftrace's repository.");
  process.exit(2);
}
if (process.env.SANTABPF_OWN_MOUNTS === undefined) {
  const command = 'mount -t tracefs tracefs /sys/kernel/tracing && exec "$@"';
  const again = ['-m', 'sh', '-c', command, 'sh', process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, SANTABPF_OWN_MOUNTS: '1' };
  process.exit(spawnSync('unshare', again, { stdio: 'inherit', env }).status ?? 1);
}
const root = join(import.meta.dirname, '../../..');
const outfile = join(root, '.cache/runtime_cases/main.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  plugins: [grammarsOfBundle],
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'test/harness')) },
  logLevel: 'warning',
});
/** @type {typeof import('./main.js')} */
const { runCases } = await import(pathToFileURL(outfile).href);
const passed = await runCases({ tests: resolve(tests), files, named: values.named, isVerbose: values.verbose });
process.exit(passed ? 0 : 1);
