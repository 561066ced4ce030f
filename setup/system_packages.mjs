/** Installs missing system packages with apt. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withoutServices } from './services.mjs';
import { run, SetupFault, say } from './step.mjs';
import { needs } from './system_needs.mjs';

/** @typedef {import('./system_needs.mjs').Need} Need */

/**
 * Installs the missing packages. Without root or apt it reports the command to type. It then fails, unless only tests need
 * the packages and this is not CI: those tests skip.
 * @param {string} root the project's folder
 * @param {'build' | 'test'} purpose
 */
export async function installSystemPackages(root, purpose) {
  const missing = needs.filter((need) => (need.purpose === 'build' || purpose === 'test') && !isThere(need));
  if (missing.length === 0) return;
  say('missing on this system:');
  for (const need of missing) say(`  ${need.name.padEnd(26)} ${need.reason}`);
  const names = missing.map((need) => need.name);
  const command = `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const optional = missing.every((need) => need.purpose === 'test') && process.env.CI !== 'true';

  const obstacle = obstacleToApt(names, command);
  if (obstacle !== undefined) {
    if (!optional) throw new SetupFault(obstacle);
    say(obstacle);
    say('continuing without them: tests that need them are skipped');
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
        remedy: `Fix what apt-get reports, then run: ${command}`,
      },
    ),
  );
  const absent = missing.filter((need) => !isThere(need)).map((need) => need.name);
  if (absent.length > 0)
    throw new SetupFault(
      `apt-get installed ${absent.join(', ')}, but the commands or files that the project needs are still missing.`,
    );
}

/**
 * Failing to reach one of several sources must not stop the set-up: the installation shows whether the lists suffice.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} patience
 */
async function updateLists(root, env, patience) {
  try {
    await run('updating the package lists', 'apt-get', ['update', ...patience], { cwd: root, env });
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    say(`continuing with the present lists: ${error.message}`);
  }
}

/**
 * @param {readonly string[]} names
 * @param {string} command for root
 */
function obstacleToApt(names, command) {
  if (!isCommand([/^apt-get$/], process.env.PATH ?? '')) {
    return `This system has no apt-get. Install with its package manager what Debian calls ${names.join(', ')}, then run this again.`;
  }
  if (process.getuid?.() === 0) return undefined;
  return `Installing packages needs root. Run this command, then the set-up again:\n\n  sudo sh -c '${command}'\n`;
}

/**
 * @param {Need} need
 * @param {string} [path] where commands are searched, in addition to Debian's folders
 * @returns {boolean} whether the need is met, by a package or otherwise
 */
export function isThere({ commands, files }, path = process.env.PATH ?? '') {
  if (commands !== undefined && isCommand(commands, path)) return true;
  return files?.some((file) => existsSync(file)) ?? false;
}

/**
 * @param {readonly RegExp[]} patterns of the whole name of the command
 * @param {string} path
 */
function isCommand(patterns, path) {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, '/usr/bin', '/usr/sbin'])].some((folder) =>
    // A dangling link is not a command.
    entriesOf(folder).some((name) => patterns.some((pattern) => pattern.test(name)) && existsSync(join(folder, name))),
  );
}

/** @param {string} folder @returns {readonly string[]} empty for a missing folder, which a PATH may contain */
function entriesOf(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
