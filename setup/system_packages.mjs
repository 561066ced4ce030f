/** Finds out which system packages are missing and installs them with apt. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { withoutServices } from './services.mjs';
import { run, SetupFault, say } from './step.mjs';
import { needs } from './system_needs.mjs';

/** @typedef {import('./system_needs.mjs').Need} Need */

/**
 * Installs what is missing. Without root it says what to type instead: then packages of `start` are required, and
 * those only tests need are not, unless CI=true, for the tests that want them skip and say so.
 * @param {string} root the project's folder
 * @param {'start' | 'test'} purpose
 */
export async function installSystemPackages(root, purpose) {
  const missing = needs.filter((need) => (need.since === 'start' || purpose === 'test') && !isThere(need));
  if (missing.length === 0) return;
  say('missing on this system:');
  for (const need of missing) say(`  ${need.name.padEnd(26)} ${need.reason}`);
  const names = missing.map((need) => need.name);
  const command = `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const optional = missing.every((need) => need.since === 'test') && process.env.CI !== 'true';

  const obstacle = obstacleToApt(names, command);
  if (obstacle !== undefined) {
    if (!optional) throw new SetupFault(obstacle);
    say(obstacle);
    say('going on without: the tests that need these are skipped');
    return;
  }
  const environment = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  const patience = ['-o', 'DPkg::Lock::Timeout=300'];
  await updateLists(root, environment, patience);
  await withoutServices(names, () =>
    run(
      `installing ${names.join(', ')}`,
      'apt-get',
      ['install', '-y', '--no-install-recommends', ...patience, ...names],
      {
        cwd: root,
        env: environment,
        remedy: `Look at what apt-get says, then run: ${command}`,
      },
    ),
  );
  const absent = missing.filter((need) => !isThere(need)).map((need) => need.name);
  if (absent.length > 0)
    throw new SetupFault(`apt-get installed ${absent.join(', ')}, but what was needed of it is not there.`);
}

/**
 * One unreachable source of several must not stop the set-up: the install says whether the lists suffice.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} patience
 */
async function updateLists(root, env, patience) {
  try {
    await run('updating the package lists', 'apt-get', ['update', ...patience], { cwd: root, env });
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    say(`going on with the lists as they are: ${error.message}`);
  }
}

/**
 * @param {readonly string[]} names
 * @param {string} command what root would type
 */
function obstacleToApt(names, command) {
  if (find([/^apt-get$/]) === undefined) {
    return `This is no Debian or Ubuntu. Install with its package manager what Debian calls ${names.join(', ')}, then run this again.`;
  }
  if (process.getuid?.() === 0) return undefined;
  return `Installing these needs root. Type this, then run this again:\n\n  sudo sh -c '${command}'\n`;
}

/**
 * @param {Need} need
 * @returns {boolean} whether it is there already, by package or otherwise
 */
export function isThere({ commands, files }) {
  if (commands !== undefined && find(commands) !== undefined) return true;
  return files?.some((file) => existsSync(file)) ?? false;
}

/**
 * @param {readonly RegExp[]} patterns of the command's whole name
 * @returns {string | undefined} the path of the first match on the PATH
 */
function find(patterns) {
  for (const [folder, entries] of commandFolders()) {
    const entry = entries.find((name) => patterns.some((pattern) => pattern.test(name)));
    if (entry !== undefined && existsSync(join(folder, entry))) return join(folder, entry);
  }
  return undefined;
}

/** Folders of the PATH and what is in them; read anew each time, for an installation changes them. */
function* commandFolders() {
  const own = dirname(process.execPath);
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of new Set([...path, '/usr/bin', '/usr/sbin', own])) {
    try {
      yield/** @type {const} */ ([folder, readdirSync(folder)]);
    } catch {
      // A folder of the PATH need not exist.
    }
  }
}
