/**
 * Copies only what the exporter needs at run time into a folder: the compiled code, the BPF objects, the addon, the configuration and
 * the production packages. Build the project first (npm run build).
 * Usage: node deployments/stage.mjs FOLDER
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Relative to the project's folder. */
const parts = [
  'dist',
  'build/Release/santabpf.node',
  'build/Release/santabpf_symbols',
  'config',
  'package.json',
  'package-lock.json',
  'LICENSE',
  'LICENSES',
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [given] = process.argv.slice(2);
if (given === undefined) fail('Name the folder to copy to: node deployments/stage.mjs FOLDER');
const target = resolve(given);
if (existsSync(target) && readdirSync(target).length > 0) fail(`${target} is not empty. Name an empty or new folder.`);
const missing = parts.filter((part) => !existsSync(join(root, part)));
if (missing.length > 0) fail(`Not built yet: ${missing.join(', ')} missing. Run npm run build.`);

for (const part of parts) {
  mkdirSync(dirname(join(target, part)), { recursive: true });
  cpSync(join(root, part), join(target, part), { recursive: true, filter: isNeeded });
}
const npm = spawnSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: target,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (npm.status !== 0) fail('npm ci did not succeed: what it said is above.');

/**
 * The builds' notes about themselves are of no use without the sources.
 * @param {string} path
 */
function isNeeded(path) {
  return !/[/]\.(?:stamp|tsbuildinfo)$/.test(path);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`stage.mjs: ${message}`);
  process.exit(1);
}
