#!/usr/bin/env node
/**
 * Parses mutated ELF files and perf maps with the parsers of native/symbols under AddressSanitizer and UBSan.
 *
 *   node test/native/fuzz/run.mjs [SECONDS] [SEED]      60 seconds and a seed by the clock if omitted
 *
 * Exits with 1 after a finding; its input is then in .cache/fuzz/input.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '.cache/fuzz');
const sources = join(root, 'test/symbols/programs');
const [seconds = '60', seed = String(Date.now())] = process.argv.slice(2);

/** @param {string} command @param {readonly string[]} args */
function run(command, ...args) {
  execFileSync(command, args, { cwd: folder, stdio: 'inherit' });
}

mkdirSync(folder, { recursive: true });
const parsers = ['elf_symbols', 'perf_map', 'readable_name', 'table'].map((name) =>
  join(root, `native/symbols/${name}.cc`),
);
const sanitizers = [
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  '-fno-omit-frame-pointer',
  '-g',
  '-O1',
];
const include = join(root, 'native');
run(
  'g++',
  '-std=c++17',
  ...sanitizers,
  '-I',
  include,
  '-o',
  'symbols',
  join(root, 'test/native/fuzz/symbols.cc'),
  ...parsers,
  '-ldw',
  '-lelf',
);

run('gcc', '-g', '-O1', '-o', 'program', join(sources, 'functions.c'));
run('g++', '-g', '-O1', '-o', 'mangled', join(sources, 'mangled.cc'));
run('gcc', '-shared', '-fPIC', '-o', 'library.so', join(sources, 'library.c'));
run('objcopy', '--only-keep-debug', 'program', 'program.debug');
run('objcopy', '-S', '--keep-symbol=hidden_function', 'program', 'small');
run('xz', '-kf', 'small');
run('objcopy', '-S', '--add-section', '.gnu_debugdata=small.xz', 'program', 'stripped');
const lines = Array.from(
  { length: 2000 },
  (_, i) =>
    `${(0x7f0000000000 + ((i * 37) % 1500) * 64).toString(16)} ${(i % 300).toString(16)} JS:*name${i} /a.js:${i}:3\n`,
);
writeFileSync(join(folder, 'code.map'), lines.join(''));

const inputs = ['program', 'mangled', 'library.so', 'program.debug', 'stripped', 'code.map'];
console.log(`seed ${seed}`);
const { status } = spawnSync(join(folder, 'symbols'), [seconds, seed, 'input', ...inputs], {
  cwd: folder,
  stdio: 'inherit',
});
process.exitCode = status === 0 ? 0 : 1;
