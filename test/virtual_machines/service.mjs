/**
 * Runs inside a virtual machine whose first process is systemd: the exporter as deployments/systemd/install.sh installed it, as its own unit,
 * with every shipped probe and labels that name units. No probe may be down. Prints one JSON line.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAhead, statuses, untilReady } from './exporter.mjs';

const installed = '/opt/santabpf';
const config = '/etc/santabpf/santabpf.yaml';
// Debian's kernels start with 3 or more here.
const isForbidden = Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'utf8')) > 2;

// What install.sh does on a host.
run('systemd-sysusers', 'santabpf.conf');
try {
  // Emulated, a probe may take longer than the second that a scrape waits for it.
  const text = readFileSync(config, 'utf8')
    .replace(/^identity: .*$/m, 'identity: [unit, slice, command]')
    .replace(/^probe_deadline: .*$/m, 'probe_deadline: 1m')
    .replace(/^ {2}# - (syscall_latency|off_cpu)/gm, '  - $1');
  writeFileSync(config, text);
  await readAhead(join(installed, 'dist'), config, '/var/cache/santabpf');
  run('systemctl', 'start', 'santabpf');
  await untilReady(() => stateOf('ActiveState') === 'failed');
  await report('service', isForbidden ? { profile: 'PERF_EVENTS_FORBIDDEN' } : {});
} finally {
  console.error(run('journalctl', '--unit=santabpf', '--no-pager', '--output=cat'));
}

/**
 * @param {string} situation
 * @param {Readonly<Record<string, string>>} expected reasons of the probes that are unsupported, by name
 */
async function report(situation, expected) {
  const probes = await statuses();
  const notUp = probes.filter(({ state }) => state !== 'up');
  const unexpected = notUp.filter(({ name, state, reason }) => state === 'down' || expected[name] !== reason?.code);
  const shown = (/** @type {typeof probes} */ list) =>
    Object.fromEntries(list.map(({ name, reason }) => [name, `${reason?.code}: ${reason?.message}`]));
  console.log(
    JSON.stringify({
      situation,
      ok: unexpected.length === 0 && notUp.length === Object.keys(expected).length,
      up: probes.length - notUp.length,
      unsupported: shown(notUp.filter((probe) => !unexpected.includes(probe))),
      down: shown(unexpected),
    }),
  );
}

/** @param {string} property of the unit */
function stateOf(property) {
  return run('systemctl', 'show', '--value', `--property=${property}`, 'santabpf').trim();
}

/** @param {string} command @param {readonly string[]} args */
function run(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
