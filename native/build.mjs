#!/usr/bin/env node
/**
 * Builds the native addon into build/Release/santabpf.node.
 *
 *   node native/build.mjs              quick when nothing changed
 *   node native/build.mjs --force      builds in any case
 *   node native/build.mjs --packaged   with the headers of node-api-headers in any case
 *   node native/build.mjs --sanitize   with AddressSanitizer and UBSan, into .cache/sanitized/build/Release
 *
 * Nothing is downloaded. The headers are those that lie beside the Node that runs this, when they are there and of its
 * version; otherwise those of the package node-api-headers, in a folder made to look to node-gyp like a Node's.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** What the compilation needs of the machine. Returns the version of libbpf. */
function requireTools() {
  const missing = [
    ['g++', 'g++'],
    ['make', 'make'],
    ['python3', 'python3'],
    ['pkg-config', 'pkg-config'],
  ].flatMap(([command, name]) => (output(command ?? '', ['--version']) === undefined ? [name] : []));
  const libbpf = output('pkg-config', ['--modversion', 'libbpf']);
  if (libbpf === undefined) missing.push('libbpf-dev');
  if (missing.length > 0) {
    throw new BuildError(
      `Expected what builds the native addon but ${missing.join(', ')} is missing.\n` +
        `  On Debian or Ubuntu: apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  return libbpf ?? '';
}

/** The folder with include/node of the running Node, or undefined. */
function installedHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const folder = join(prefix, 'include', 'node');
  if (!['node_api.h', 'common.gypi', 'config.gypi', 'node_version.h'].every((name) => existsSync(join(folder, name))))
    return undefined;
  const text = readFileSync(join(folder, 'node_version.h'), 'utf8');
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(text)?.[1];
  return major === process.versions.node.split('.')[0] ? prefix : undefined;
}

/** Makes a folder with what node-gyp asks of a Node: Node-API's headers and a common.gypi. */
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

/** A folder in which the same sources are built apart from the normal build. */
function sanitizedFolder() {
  const folder = join(root, '.cache', 'sanitized');
  mkdirSync(folder, { recursive: true });
  for (const name of ['binding.gyp', 'native']) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join('..', '..', name), join(folder, name));
  }
  return folder;
}

/** @param {string[]} facts that the build depends on besides the sources */
function fingerprint(facts) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  const sources = readdirSync(join(root, 'native')).sort();
  for (const file of ['binding.gyp', ...sources.map((name) => join('native', name))]) {
    if (/\.(gyp|cc|h|mjs)$/.test(file)) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** @param {string} folder @param {string[]} parameters */
function gyp(folder, parameters) {
  // npm hands its settings down in the environment, where they would overrule ours: `nodedir`, for one.
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

/** @param {{ force?: boolean | undefined, sanitize?: boolean | undefined, packaged?: boolean | undefined }} options */
function build({ force = false, sanitize = false, packaged = false }) {
  const libbpf = requireTools();
  const installed = packaged ? undefined : installedHeaders();
  const folder = sanitize ? sanitizedFolder() : root;
  const addon = join(folder, 'build', 'Release', 'santabpf.node');
  const stamp = `${addon}.stamp`;
  const print = fingerprint([process.version, process.arch, libbpf, installed ?? 'packaged', String(sanitize)]);
  if (!force && existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === print) {
    say(`${relative(root, addon)} is up to date`);
    return;
  }
  const started = process.hrtime.bigint();
  const headers = installed ?? packagedHeaders();
  say(
    `compiling ${relative(root, addon)} with libbpf ${libbpf} and the headers in ${join(headers, 'include', 'node')}`,
  );
  const flags = [`--nodedir=${headers}`, '--release'];
  gyp(folder, ['configure', ...flags, ...(sanitize ? ['--sanitize=1'] : [])]);
  const log = gyp(folder, ['build', ...flags, `--jobs=${availableParallelism()}`]);
  if (/warning:/.test(log)) process.stdout.write(log);
  writeFileSync(stamp, print);
  say(`done in ${(Number(process.hrtime.bigint() - started) / 1e9).toFixed(1)} s`);
}

const { values } = parseArgs({
  options: { force: { type: 'boolean' }, sanitize: { type: 'boolean' }, packaged: { type: 'boolean' } },
});
try {
  build(values);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`native: ${error.message}\n`);
  process.exitCode = 1;
}
