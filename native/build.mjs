#!/usr/bin/env node
/**
 * Builds the native addon into build/Release/santabpf.node, and the program that reads symbol tables into
 * build/Release/santabpf_symbols. Compiles only what changed.
 *
 *   node native/build.mjs              the addon
 *   node native/build.mjs --tests      also build/Release/santabpf_test.node, with what only tests need
 *   node native/build.mjs --sanitize   with AddressSanitizer and UBSan, into .cache/sanitized/build/Release
 *   node native/build.mjs --packaged   with the headers of the package node-api-headers
 *
 * Downloads nothing. The headers come from the installation of the running Node when it has them, otherwise from
 * node-api-headers.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

class BuildError extends Error {}

/** @param {string} text */
function say(text) {
  process.stdout.write(`native: ${text}\n`);
}

/** @param {string} command @param {string[]} parameters */
function output(command, parameters) {
  const { status, stdout } = spawnSync(command, parameters, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** @throws {BuildError} when a tool is missing. @returns {string} the version of libbpf */
function requireTools() {
  const missing = ['g++', 'make', 'python3', 'pkg-config'].filter((name) => output(name, ['--version']) === undefined);
  const libbpf = output('pkg-config', ['--modversion', 'libbpf']);
  if (libbpf === undefined) missing.push('libbpf-dev');
  if (output('pkg-config', ['--exists', 'libdw']) === undefined) missing.push('libdw-dev');
  if (missing.length > 0) {
    throw new BuildError(
      `Cannot build the addon without ${missing.join(', ')}.\n` +
        `  On Debian or Ubuntu: apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  return libbpf ?? '';
}

/** The prefix of the running Node when its headers are installed there, in its version; otherwise undefined. */
function installedHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const folder = join(prefix, 'include', 'node');
  if (!['node_api.h', 'common.gypi', 'config.gypi', 'node_version.h'].every((name) => existsSync(join(folder, name))))
    return undefined;
  const text = readFileSync(join(folder, 'node_version.h'), 'utf8');
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(text)?.[1];
  return major === process.versions.node.split('.')[0] ? prefix : undefined;
}

/** Makes a prefix from node-api-headers that node-gyp accepts as an installed Node. */
function packagedHeaders() {
  const prefix = join(root, '.cache', 'node-api');
  const folder = join(prefix, 'include', 'node');
  mkdirSync(folder, { recursive: true });
  cpSync(require('node-api-headers').include_dir, folder, { recursive: true });
  const settings = {
    target_defaults: {
      default_configuration: 'Release',
      configurations: { Release: { cflags: ['-O3'] }, Debug: { cflags: ['-g', '-O0'] } },
      cflags: ['-fPIC', '-pthread'],
      ldflags: ['-pthread'],
      defines: ['_GNU_SOURCE'],
    },
  };
  writeFileSync(join(folder, 'common.gypi'), `${JSON.stringify(settings, null, 2)}\n`);
  writeFileSync(join(folder, 'config.gypi'), `${JSON.stringify({ target_defaults: {}, variables: {} }, null, 2)}\n`);
  return prefix;
}

/** A folder with links to the sources, where a build does not disturb the normal one. */
function sanitizedFolder() {
  const folder = join(root, '.cache', 'sanitized');
  mkdirSync(folder, { recursive: true });
  for (const name of ['binding.gyp', 'native', 'test']) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join('..', '..', name), join(folder, name));
  }
  return folder;
}

/** @param {string} folder @param {string[]} parameters */
function gyp(folder, parameters) {
  // npm's settings in the environment, such as `nodedir`, would override ours.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));
  const tool = join(dirname(require.resolve('node-gyp/package.json')), 'bin', 'node-gyp.js');
  const run = spawnSync(process.execPath, [tool, ...parameters], { cwd: folder, env: environment, encoding: 'utf8' });
  if (run.status !== 0) {
    throw new BuildError(
      `node-gyp ${parameters[0]} failed:\n${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}`,
    );
  }
  return `${run.stdout}${run.stderr}`;
}

/** @param {{ tests?: boolean, sanitize?: boolean, packaged?: boolean }} options */
function build({ tests = false, sanitize = false, packaged = false }) {
  const libbpf = requireTools();
  const headers = (packaged ? undefined : installedHeaders()) ?? packagedHeaders();
  const folder = sanitize ? sanitizedFolder() : root;
  const started = process.hrtime.bigint();
  say(
    `compiling into ${relative(root, join(folder, 'build/Release'))} with libbpf ${libbpf} and the headers in ${join(headers, 'include', 'node')}`,
  );
  const flags = [`--nodedir=${headers}`, '--release'];
  gyp(folder, ['configure', ...flags, `--sanitize=${Number(sanitize)}`, `--tests=${Number(tests)}`]);
  const log = gyp(folder, ['build', ...flags, `--jobs=${availableParallelism()}`]);
  if (/warning:/.test(log)) process.stdout.write(log);
  say(`done in ${(Number(process.hrtime.bigint() - started) / 1e9).toFixed(1)} s`);
}

const { values } = parseArgs({
  options: { tests: { type: 'boolean' }, sanitize: { type: 'boolean' }, packaged: { type: 'boolean' } },
});
try {
  build(values);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`native: ${error.message}\n`);
  process.exitCode = 1;
}
