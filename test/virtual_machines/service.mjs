/**
 * Runs inside a virtual machine whose first process is systemd: the exporter as deployments/systemd/install.sh installed it, as its own unit.
 * First as shipped, then with the drop-ins for names and stacks, and with CAP_SYS_ADMIN. Units, scopes and services of users do known work,
 * and are gone before the scrape. Prints one JSON line per situation.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { page, readAhead, statuses, untilReady } from './exporter.mjs';
import { difference } from './identity.mjs';
import { samplesOf, sumOf } from './samples.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const installed = '/opt/santabpf';
const config = '/etc/santabpf/santabpf.yaml';
const cache = '/var/cache/santabpf';
const dropIns = '/etc/systemd/system/santabpf.service.d';
const count = 20;
const work = `i=0; while [ $i -lt ${count} ]; do env true; i=$((i + 1)); done`;
const workload = '/var/lib/workload';
copyFileSync(join(root, 'build/test/workload'), workload);
// Since Linux 7.0 the probes prefer hooks that need one more drop-in; without it they use others.
const isLinux7 = Number(release().split('.')[0]) >= 7;
// Debian's kernels start with 3 or more here.
const isForbidden = Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'utf8')) > 2;

// What install.sh does on a host.
run('systemd-sysusers', 'santabpf.conf');
try {
  // Every shipped probe, and labels that name units.
  set((text) =>
    text
      .replace(/^identity: .*$/m, 'identity: [unit, slice, command]')
      // Emulated, a probe may take longer than the second that a scrape waits for it.
      .replace(/^probe_deadline: .*$/m, 'probe_deadline: 1m')
      .replace(/^ {2}# - (syscall_latency|off_cpu)/gm, '  - $1'),
  );
  await start([]);
  await report('service', isForbidden ? { profile: 'PERF_EVENTS_FORBIDDEN' } : {}, await countUnits());
  set((text) => `${text}flight_recorder: { size: 64MB }\n`);
  await start(['names-of-containers', 'symbols', 'flight-recorder', 'sys-admin', ...(isLinux7 ? ['linux-7'] : [])]);
  await report('service with drop-ins', {}, await reload());
} finally {
  console.error(run('journalctl', '--unit=santabpf', '--no-pager', '--output=cat'));
}

/** @param {(text: string) => string} change of the configuration */
function set(change) {
  writeFileSync(config, change(readFileSync(config, 'utf8')));
}

/**
 * Starts the unit again with the configuration and these drop-ins.
 * @param {readonly string[]} names
 */
async function start(names) {
  run('systemctl', 'stop', 'santabpf');
  rmSync(cache, { recursive: true, force: true });
  await readAhead(join(installed, 'dist'), config, cache);
  mkdirSync(dropIns, { recursive: true });
  for (const name of names) copyFileSync(`/usr/share/santabpf/drop-ins/${name}.conf`, join(dropIns, `${name}.conf`));
  run('systemctl', 'daemon-reload');
  run('systemctl', 'start', 'santabpf');
  await untilReady(() => stateOf('ActiveState') === 'failed');
}

/**
 * @param {string} situation
 * @param {Readonly<Record<string, string>>} expected reasons of the probes that are unsupported, by name
 * @param {readonly string[]} wrong
 */
async function report(situation, expected, wrong) {
  const probes = await statuses();
  const notUp = probes.filter(({ state }) => state !== 'up');
  const unexpected = notUp.filter(({ name, state, reason }) => state === 'down' || expected[name] !== reason?.code);
  const shown = (/** @type {typeof probes} */ list) =>
    Object.fromEntries(list.map(({ name, reason }) => [name, `${reason?.code}: ${reason?.message}`]));
  console.log(
    JSON.stringify({
      situation,
      ok: unexpected.length === 0 && notUp.length === Object.keys(expected).length && wrong.length === 0,
      up: probes.length - notUp.length,
      unsupported: shown(notUp.filter((probe) => !unexpected.includes(probe))),
      down: shown(unexpected),
      ...(wrong.length > 0 && { wrong }),
    }),
  );
}

async function countUnits() {
  run('systemd-run', '--unit=vm-counted', '--collect', '--wait', 'sh', '-c', work);
  run(
    'systemd-run',
    '--unit=vm-opens',
    '--collect',
    '--wait',
    workload,
    '--comm',
    'vm-opens',
    'opens',
    '40',
    '/etc/passwd',
  );
  run('systemd-run', '--scope', '--unit=vm-scope', '--slice=vm-own.slice', '--collect', 'sh', '-c', work);
  runAsUser();
  const samples = samplesOf(await page('/metrics'));
  const counted = (/** @type {Record<string, string>} */ labels) =>
    sumOf(samples, 'santabpf_execs_total', { ...labels, command: 'true' });
  const opens = { unit: 'vm-opens.service', command: 'vm-opens' };
  return [
    ...difference('programs of a service', counted({ unit: 'vm-counted.service', slice: 'system.slice' }), count),
    ...difference('programs of a scope', counted({ unit: 'vm-scope.scope', slice: 'vm-own.slice' }), count),
    ...difference(
      'programs of a user',
      counted({ unit: 'user@4321.service/vm-user.service', slice: 'user-4321.slice' }),
      count,
    ),
    ...difference('opens of a service', sumOf(samples, 'santabpf_file_opens_total', opens), 40),
  ];
}

/** A service of a user's own manager. */
function runAsUser() {
  run('useradd', '--uid', '4321', '--home-dir', '/', '--shell', '/bin/sh', 'vm-user');
  run('systemctl', 'start', 'user@4321.service');
  const asUser = ['--reuid=4321', '--regid=4321', '--clear-groups', 'env', 'XDG_RUNTIME_DIR=/run/user/4321'];
  run('setpriv', ...asUser, 'systemd-run', '--user', '--unit=vm-user', '--collect', '--wait', 'sh', '-c', work);
  run('systemctl', 'stop', 'user@4321.service');
}

/** A reload applies a changed configuration; the unit then stops with success. */
async function reload() {
  set((text) => text.replace('series_limit: 10000', 'series_limit: 9000'));
  run('systemctl', 'reload', 'santabpf');
  return stateOf('ActiveState') === 'active' ? [] : ['not active after a reload'];
}

/** @param {string} property of the unit */
function stateOf(property) {
  return run('systemctl', 'show', '--value', `--property=${property}`, 'santabpf').trim();
}

/** @param {string} command @param {readonly string[]} args */
function run(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
