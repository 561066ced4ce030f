/** Installs packages without starting or enabling the services that they contain. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { say } from './step.mjs';
import { services } from './system_needs.mjs';

// Debian packages run this file before they start a service; exit code 101 forbids it.
const policy = '/usr/sbin/policy-rc.d';

/**
 * Runs the installation under a policy that forbids starting services, then disables the services it installed. Keeps a
 * policy that the machine already has.
 * @param {readonly string[]} names packages about to be installed
 * @param {() => Promise<void>} install
 */
export async function withoutServices(names, install) {
  const own = !existsSync(policy);
  if (own) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n');
    chmodSync(policy, 0o755);
  }
  const remove = () => rmSync(policy, { force: true });
  const interrupted = (/** @type {NodeJS.Signals} */ signal) => {
    remove();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  if (own) process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await install();
  } finally {
    if (own) {
      remove();
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    }
  }
  disable(Object.entries(services).flatMap(([name, unit]) => (names.includes(name) ? [unit] : [])));
}

/** @param {readonly string[]} units */
function disable(units) {
  if (units.length === 0) return;
  const { error, status } = spawnSync('systemctl', ['disable', ...units], { stdio: 'ignore' });
  // A machine without systemd has no units to disable.
  if (error === undefined && status === 0) say(`disabled ${units.join(', ')}: only the tests use them`);
}
