#!/usr/bin/env node
/**
 * Gives the addon's C++ that reads foreign bytes inputs which libFuzzer makes, under AddressSanitizer and UBSan.
 *
 *   node test/native/fuzz/covered.mjs [--inputs=N] [--seed=N] [TARGET...]
 *
 * A million inputs of each target and a seed by the clock if omitted. The runtime of clang is unpacked to .cache/fuzz, not installed.
 * Exits with 1 after a finding; its input is then in .cache/fuzz/TARGET-*.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Archive, releaseOfMachine } from '../../../setup/debian_archive.mjs';
import { once } from '../../../setup/unpacked_folder.mjs';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '.cache/fuzz');

/** A plan of two streams and records for it, in the form of event_records.cc: key, filters of both kinds, a sum and a histogram. */
const seedPlan = [
  ...[2, 24, 20, 4, 2, 0, 0, 4, 0, 0, 0, 0, 255, 0, 1, 1, 9, 1, 8, 16, 0, 1, 2, 0x62_61],
  ...[2, 0, 0, 4, 1, 8, 16, 2, 4, 4, 1, 0, 0, 0, 0, 0, 0, 8, 0, 1, 4, 8, 1, 2, 1, 9],
  ...[4, 4, 8, 0, 1, 0, 0, 4, 0],
];

/** @type {Record<string, { sources: string[], libraries: string[], longest: number, seeds: (to: string) => void }>} */
const targets = {
  event_records: {
    sources: ['event_plan', 'event_filter', 'event_table', 'number_load', 'key_hash', 'shared_buffer'],
    libraries: [],
    longest: 512,
    seeds(to) {
      const words = seedPlan.flatMap((word) => (word < 255 ? [word] : [255, word & 255, word >> 8, 0, 0, 0, 0, 0, 0]));
      const record = [24, 1, 2, 3, 4, 5, 6, 7, 8, 0x61, 0x62, 0, ...Array(13).fill(1)];
      const removal = [254, 4, 1, 2, 3, 4];
      writeFileSync(join(to, 'plan'), Buffer.from([seedPlan.length, ...words, ...record, 255, ...removal, ...record]));
    },
  },
  object_bytes: {
    sources: ['object_check/elf_check', 'object_check/btf_check'],
    libraries: ['-lbpf'],
    longest: 32_768,
    seeds(to) {
      const objects = join(root, 'dist/bpf');
      const names = readdirSync(objects).filter((name) => name.endsWith('.bpf.o'));
      for (const name of names) copyFileSync(join(objects, name), join(to, name));
    },
  },
};

/**
 * What clang needs to link libFuzzer and its sanitizers. Debian packs them apart from clang.
 * @returns {Promise<string[]>} options
 */
async function runtimeOptions() {
  const own = execFileSync('clang', ['-print-resource-dir'], { encoding: 'utf8' }).trim();
  const major = execFileSync('clang', ['-dumpversion'], { encoding: 'utf8' }).split('.')[0];
  if (existsSync(join(own, 'include/fuzzer'))) return [];
  const unpacked = await once(join(folder, 'runtime'), async (to) => {
    const archive = new Archive(join(folder, 'apt'), [releaseOfMachine()], { assumeMachine: true });
    await archive.unpackWithDependencies([`libclang-rt-${major}-dev`], to);
  });
  return [`-resource-dir=${join(unpacked, own)}`, '-isystem', join(own, 'include')];
}

/** @param {string} name of a target @param {readonly string[]} runtime @returns {string} the program */
function built(name, runtime) {
  const { sources, libraries } = /** @type {typeof targets[string]} */ (targets[name]);
  const program = join(folder, name);
  const options = ['-std=c++17', '-g', '-O1', '-fno-omit-frame-pointer', '-DNAPI_CPP_EXCEPTIONS'];
  const sanitizers = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
  const headers = ['native', 'node_modules/node-api-headers/include', 'node_modules/node-addon-api'];
  const files = [join(import.meta.dirname, `${name}.cc`), ...sources.map((file) => join(root, `native/${file}.cc`))];
  // Views of a buffer in JavaScript need Node.js. No target makes one.
  const unused = ['-no-pie', '-Wl,--unresolved-symbols=ignore-all'];
  const includes = headers.flatMap((header) => ['-I', join(root, header)]);
  const all = [...options, ...sanitizers, ...runtime, ...includes, '-o', program, ...files, ...libraries, ...unused];
  execFileSync('clang++', all, { stdio: 'inherit' });
  return program;
}

/** @param {string} name @param {string} program @param {string} inputs @param {string} seed @returns {boolean} whether nothing was found */
function run(name, program, inputs, seed) {
  const { longest, seeds } = /** @type {typeof targets[string]} */ (targets[name]);
  const corpus = join(folder, `${name}.seeds`);
  rmSync(corpus, { recursive: true, force: true });
  mkdirSync(corpus);
  seeds(corpus);
  // An empty folder comes first: libFuzzer writes there what it finds, and the same seed makes the same inputs.
  const found = join(folder, `${name}.found`);
  rmSync(found, { recursive: true, force: true });
  mkdirSync(found);
  const limits = [`-runs=${inputs}`, `-seed=${seed}`, `-max_len=${longest}`, '-timeout=10', '-rss_limit_mb=1024'];
  const output = [`-artifact_prefix=${join(folder, `${name}-`)}`, '-verbosity=1', '-print_final_stats=1'];
  console.log(`${name}: ${inputs} inputs, seed ${seed}`);
  const { status, stderr } = spawnSync(program, [...limits, ...output, found, corpus], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lines = stderr.split('\n');
  const told = status === 0 ? lines.filter((line) => /^#.*DONE|^stat::number_of_exec/.test(line)) : lines.slice(-80);
  console.log(told.join('\n'));
  return status === 0;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(1 + (Date.now() % 1_000_000_000));
const names = positionals.length > 0 ? positionals : Object.keys(targets);
const unknown = names.find((name) => !Object.hasOwn(targets, name));
if (unknown !== undefined) {
  console.error(`There is no target "${unknown}". Targets: ${Object.keys(targets).join(', ')}`);
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const runtime = await runtimeOptions();
const fine = names.map((name) => run(name, built(name, runtime), values.inputs, seed));
process.exitCode = fine.includes(false) ? 1 : 0;
