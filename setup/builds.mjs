/** Builds the addon, the BPF objects, the TypeScript, and the addon and workload of the tests. Skips builds whose inputs did not change. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint, readStamp, writeStamp } from './stamp.mjs';
import { run } from './step.mjs';

// A new libbpf or libdw on the machine means building again.
const systemInputs = [
  '/usr/include/bpf/libbpf_version.h',
  '/usr/include/bpf/bpf_helpers.h',
  '/usr/include/elfutils/version.h',
];

/**
 * @typedef {object} Build
 * @property {string} title
 * @property {readonly string[]} inputs relative to the project's folder
 * @property {string} output relative; the build always runs when it is missing
 * @property {string} stamp relative
 * @property {string} [command] default: this Node
 * @property {readonly string[]} args
 * @property {string} [folder] working directory, relative; default: the project's folder
 */

/** @param {string} root */
export async function buildNative(root) {
  await build(root, {
    title: 'compiling the addon',
    inputs: ['native', 'binding.gyp', 'package-lock.json'],
    output: 'build/Release/santabpf.node',
    stamp: 'build/addon.stamp',
    args: ['native/build.mjs'],
  });
}

/** @param {string} root */
export async function buildTestAddon(root) {
  await build(root, {
    title: 'compiling the addon of the tests',
    inputs: ['native', 'test/native/addon', 'binding.gyp', 'package-lock.json'],
    output: 'build/Release/santabpf_test.node',
    stamp: 'build/test/addon.stamp',
    args: ['native/build.mjs', '--tests'],
  });
}

/** @param {string} root */
export async function buildBpf(root) {
  await build(root, {
    title: 'compiling the BPF programs',
    inputs: ['bpf'],
    output: 'dist/bpf',
    stamp: 'dist/bpf/.stamp',
    args: ['bpf/build.mjs'],
  });
}

/** @param {string} root */
export async function buildTypeScript(root) {
  await build(root, {
    title: 'compiling the TypeScript',
    // The build starts the exporter once, with the shipped configuration.
    inputs: ['src', 'dashboards/src', 'config', 'package-lock.json'],
    output: 'dist/main.js',
    stamp: 'dist/.stamp',
    args: ['src/build.mjs'],
  });
}

/** @param {string} root */
export async function buildWorkload(root) {
  const sources = join(root, 'test/workload');
  const output = join(root, 'build/test/workload');
  mkdirSync(dirname(output), { recursive: true });
  await build(root, {
    title: 'compiling the workload of the tests',
    inputs: ['test/workload'],
    output: 'build/test/workload',
    stamp: 'build/test/workload.stamp',
    command: 'cc',
    // Static: the virtual machines of the kernel tests run it too.
    args: ['-O2', '-static', '-pthread', '-o', output, ...readdirSync(sources).filter((name) => name.endsWith('.c'))],
    folder: 'test/workload',
  });
}

/**
 * @param {string} root
 * @param {Build} build
 */
async function build(root, { title, inputs, output, stamp, command = process.execPath, args, folder = '.' }) {
  const absolute = [...inputs.map((input) => join(root, input)), ...systemInputs];
  const { modules, v8 } = process.versions;
  const expected = `${modules} ${v8} ${fingerprint(root, absolute)}`;
  if (existsSync(join(root, output)) && readStamp(join(root, stamp)) === expected) return;
  await run(title, command, args, { cwd: join(root, folder) });
  writeStamp(join(root, stamp), expected);
}
