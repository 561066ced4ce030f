/** Finds out which system packages are missing and installs them with apt. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
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
  if (!isCommand([/^apt-get$/], process.env.PATH ?? '')) {
    return `This is no Debian or Ubuntu. Install with its package manager what Debian calls ${names.join(', ')}, then run this again.`;
  }
  if (process.getuid?.() === 0) return undefined;
  return `Installing these needs root. Type this, then run this again:\n\n  sudo sh -c '${command}'\n`;
}

/**
 * @param {Need} need
 * @param {string} [path] where commands are looked for, besides the folders of Debian's packages
 * @returns {boolean} whether it is there already, by package or otherwise
 */
export function isThere({ commands, files }, path = process.env.PATH ?? '') {
  if (commands !== undefined && isCommand(commands, path)) return true;
  return files?.some((file) => existsSync(file)) ?? false;
}

/**
 * @param {readonly RegExp[]} patterns of the command's whole name
 * @param {string} path
 */
function isCommand(patterns, path) {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, '/usr/bin', '/usr/sbin'])].some((folder) =>
    // A link that leads nowhere is no command.
    entriesOf(folder).some((name) => patterns.some((pattern) => pattern.test(name)) && existsSync(join(folder, name))),
  );
}

/** @param {string} folder @returns {readonly string[]} nothing when it does not exist, as a folder of the PATH may */
function entriesOf(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
