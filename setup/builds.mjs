/** Builds the addon, the BPF objects, the TypeScript, and the addon and workload of the tests. Skips builds whose inputs did not change. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fingerprint, readStamp, writeStamp } from './stamp.mjs';
import { run } from './step.mjs';

// A new libbpf on the machine means building again.
const systemInputs = ['/usr/include/bpf/libbpf_version.h', '/usr/include/bpf/bpf_helpers.h'];

/**
 * @typedef {object} Build
 * @property {string} title
 * @property {readonly string[]} inputs relative to the project's folder
 * @property {string} output relative; the build always runs when it is missing
 * @property {string} stamp relative
 * @property {string} [command] default: this Node
 * @property {readonly string[]} args
 * @property {string} [folder] working directory, relative; default: the project's folder
 * @property {() => void} [after]
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
  const main = join(root, 'dist/main.js');
  // The compiler believes its build information even when the compiled files are gone.
  const information = join(root, 'dist/.tsbuildinfo');
  if (!existsSync(main)) rmSync(information, { force: true });
  await build(root, {
    title: 'compiling the TypeScript',
    inputs: ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    output: 'dist/main.js',
    stamp: 'dist/.stamp',
    args: [
      'node_modules/typescript/bin/tsc',
      ...['-p', 'tsconfig.build.json', '--noEmitOnError', '--incremental', '--tsBuildInfoFile', information],
    ],
    after: () => removeOrphans(join(root, 'dist'), join(root, 'src')),
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
async function build(root, { title, inputs, output, stamp, command = process.execPath, args, folder = '.', after }) {
  const absolute = [...inputs.map((input) => join(root, input)), ...systemInputs];
  const expected = `${process.versions.modules} ${fingerprint(root, absolute)}`;
  if (existsSync(join(root, output)) && readStamp(join(root, stamp)) === expected) return;
  await run(title, command, args, { cwd: join(root, folder) });
  after?.();
  writeStamp(join(root, stamp), expected);
}

/**
 * Removes compiled files whose source is gone, so an import of a removed file fails.
 * @param {string} dist
 * @param {string} src
 */
function removeOrphans(dist, src) {
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const place = relative(dist, file);
    if (!entry.isFile() || !place.endsWith('.js')) continue;
    if (!existsSync(join(src, place.replace(/\.js$/, '.ts')))) rmSync(file);
  }
}
