/** Installs the npm packages of package-lock.json unless node_modules has them. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './step.mjs';

/** @param {string} root the project's folder */
export async function installNpmPackages(root) {
  if (isInstalled(root)) return;
  // Prefer the npm that runs this script: another npm on the PATH may be older.
  const own = process.env.npm_execpath;
  const [command, first] =
    own !== undefined && basename(own) === 'npm-cli.js' ? [process.execPath, [own]] : ['npm', []];
  // No package needs its install script; buildNative builds the addon.
  await run('installing the npm packages', command, [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    // The compiler is needed even under `npm start --omit=dev`.
    env: { NODE_ENV: 'development', npm_config_omit: '', npm_config_include: 'dev' },
    remedy: 'Check that this machine reaches the npm registry (npm ping).',
  });
}

/**
 * Compares the lock file with npm's list of installed packages. Optional packages may be missing: they are for other
 * platforms.
 * @param {string} root
 * @returns {boolean} false also without a lock file, which npm then reports
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
 * @returns {Record<string, { version?: string; optional?: boolean }> | undefined} undefined without a readable file
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
