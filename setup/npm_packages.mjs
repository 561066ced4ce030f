/** Installs the npm packages of package-lock.json when node_modules does not hold them already. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './step.mjs';

/** @param {string} root the project's folder */
export async function installNpmPackages(root) {
  if (isInstalled(root)) return;
  // Inside `npm start` this is the npm that was typed; a second one may be older.
  const own = process.env.npm_execpath;
  const [command, first] =
    own !== undefined && basename(own) === 'npm-cli.js' ? [process.execPath, [own]] : ['npm', []];
  // No package needs its install script: the addon is built by a step of its own.
  await run('installing the npm packages', command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    // `npm start --omit=dev` and the like must not leave out the compiler.
    env: { NODE_ENV: 'development', npm_config_omit: '', npm_config_include: 'dev' },
    remedy: 'Check that this machine reaches the npm registry (npm ping).',
  });
}

/**
 * npm keeps a list of what it installed; it is complete when every package of the lock file stands in it with the same
 * version, those aside that are for other platforms.
 * @param {string} root
 * @returns {boolean} false also when there is no lock file: then npm says so
 */
export function isInstalled(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (present === undefined || wanted === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}

/**
 * @param {string} file a lock file of npm
 * @returns {Record<string, { version?: string; optional?: boolean }> | undefined} undefined when there is none
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
