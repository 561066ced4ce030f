/** Installing packages that bring services, without a service being started, now or at the next boot. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { say } from './step.mjs';
import { services } from './system_needs.mjs';

// Debian's packages ask this file before they start a service; 101 means "forbidden".
const policy = '/usr/sbin/policy-rc.d';

/**
 * Does the installation under a policy that forbids starting services (the machine's own policy stays when it has one),
 * then disables the services that came with it, unless they were installed before.
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
  if (error === undefined && status === 0) say(`left off: ${units.join(', ')} (only the tests use them)`);
}
