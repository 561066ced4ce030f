#!/usr/bin/env node
/**
 * npm run test:asan: the tests of the native addon against a build with AddressSanitizer, LeakSanitizer and UBSan. Then the parsers
 * of symbol tables get mutated files for a minute.
 *
 * Node itself is built without sanitizers, so their runtime is preloaded. Every process of the run writes its findings to a
 * file; one finding fails the run. Only processes of Node look for leaks: gcc, ip and others that tests run leave memory to the system.
 * Parameters go to vitest.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const findings = join(root, '.cache/sanitized/findings');

execFileSync(process.execPath, [join(root, 'native/build.mjs'), '--sanitize', '--tests'], { stdio: 'inherit' });
// Compiled here, because the tests would run the compiler under the sanitizers.
const fixtures = ['--source', join(root, 'test/fixtures/bpf'), '--output', join(root, '.cache/fixtures')];
execFileSync(process.execPath, [join(root, 'bpf/build.mjs'), ...fixtures], { stdio: 'inherit' });

rmSync(findings, { recursive: true, force: true });
mkdirSync(findings, { recursive: true });
const runtime = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
const log = `log_path=${join(findings, 'finding')}`;
// The runtime puts the name of the program that it runs in for %b.
const ofProgram = join(root, '.cache/sanitized/options');
mkdirSync(ofProgram, { recursive: true });
writeFileSync(join(ofProgram, basename(process.execPath)), 'detect_leaks=1\n');
// The last one: LeakSanitizer of GCC 12 crashes at the end of some processes if it follows the thread-local storage of glibc 2.36.
const options = [
  'detect_leaks=0',
  `include_if_exists=${join(ofProgram, '%b')}`,
  'detect_stack_use_after_return=1',
  'strict_string_checks=1',
  'check_initialization_order=1',
  'intercept_tls_get_addr=0',
].join(':');
const run = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'kernel', 'test/native', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      SANTABPF_TEST_ADDON: join(root, '.cache/sanitized/build/Release/santabpf_test.node'),
      LD_PRELOAD: runtime,
      ASAN_OPTIONS: `${options}:${log}`,
      LSAN_OPTIONS: `suppressions=${join(root, 'test/sanitized.supp')}:print_suppressions=0`,
      UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=1:${log}`,
    },
  },
);

const files = readdirSync(findings);
for (const file of files) process.stderr.write(`\n${file}\n${readFileSync(join(findings, file), 'utf8')}`);
process.stdout.write(`sanitizers: ${files.length === 0 ? 'no finding' : `${files.length} findings, in ${findings}`}\n`);
const fuzz = spawnSync(process.execPath, [join(root, 'test/native/fuzz/run.mjs')], { stdio: 'inherit' });
process.exitCode = run.status !== 0 || files.length > 0 || fuzz.status !== 0 ? 1 : 0;
