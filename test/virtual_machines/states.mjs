/**
 * Runs inside a virtual machine: starts the built exporter with the default probes as the systemd unit does, then with labels that
 * name cgroups and with the flight recorder, then under kernel lockdown. No probe may be down: what such a host refuses is
 * unsupported, with its reason. Their maps stay within the goals of docs/performance.md. Prints one JSON line per situation. The last
 * one lasts until the machine ends.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAhead, statuses, untilReady } from './exporter.mjs';
import { identifiedProbes, lookAtIdentity } from './identity.mjs';
import { mapMegabytes, mostMegabytes } from './map_memory.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

// Another user may not enter the repository.
const copy = mkdtempSync(join(tmpdir(), 'santabpf-states-'));
chmodSync(copy, 0o755);
for (const part of [
  'dist',
  'build/Release/santabpf.node',
  'build/Release/santabpf_symbols',
  'config',
  'package.json',
]) {
  cpSync(join(root, part), join(copy, part), { recursive: true });
}

/** The sandbox of the unit that matters to the kernel: its memory limit (before 5.11), its user, its two capabilities, its flags. */
const asUnit = [
  ...['prlimit', '--memlock=unlimited:unlimited'],
  ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'],
  ...['--inh-caps=-all,+bpf,+perfmon', '--ambient-caps=-all,+bpf,+perfmon', '--bounding-set=-all,+bpf,+perfmon'],
];

writeFileSync('/proc/sys/kernel/perf_event_paranoid', '3');
report('unit', await states(asUnit), { profile: 'PERF_EVENTS_FORBIDDEN' });
report('identity', await identified(), {});
execFileSync('mount', ['-t', 'securityfs', 'securityfs', '/sys/kernel/security']);
writeFileSync('/sys/kernel/security/lockdown', 'confidentiality');
report('lockdown', await states([]), {});

/**
 * @typedef {import('./table.mjs').ProbeStatus} Shown
 * @typedef {{ probes: readonly Shown[]; megabytes: number; wrong?: readonly string[] }} State megabytes: kernel memory of all maps;
 *   wrong: what was not as it must be
 */

/**
 * @param {string} situation
 * @param {State} state
 * @param {Readonly<Record<string, string>>} expected reasons of the probes that must be unsupported, by name
 */
function report(situation, { probes, megabytes, wrong = [] }, expected) {
  const unsupported = probes.filter(({ state }) => state === 'unsupported');
  const down = probes.filter(({ state }) => state === 'down');
  const isExpected = Object.entries(expected).every(
    ([name, code]) => unsupported.find((probe) => probe.name === name)?.reason?.code === code,
  );
  const isNamed = situation !== 'lockdown' || unsupported.every(({ reason }) => reason?.code === 'KERNEL_LOCKDOWN');
  const shown = (/** @type {readonly Shown[]} */ list) =>
    Object.fromEntries(list.map(({ name, reason }) => [name, `${reason?.code}: ${reason?.message}`]));
  console.log(
    JSON.stringify({
      situation,
      ok:
        probes.length > 0 &&
        down.length === 0 &&
        isExpected &&
        isNamed &&
        megabytes <= mostMegabytes() &&
        wrong.length === 0,
      megabytes,
      up: probes.length - down.length - unsupported.length,
      unsupported: shown(unsupported),
      down: shown(down),
      ...(wrong.length > 0 && { wrong }),
    }),
  );
}

/** @returns {Promise<State>} */
async function identified() {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-identity-'));
  const config = join(folder, 'santabpf.yaml');
  const cache = join(folder, 'cache');
  const settings = {
    probes: identifiedProbes,
    probe_path: [join(copy, 'config/probes')],
    probe_deadline: '1m',
    identity: ['cgroup', 'unit', 'container', 'command'],
    flight_recorder: { path: join(folder, 'recorded') },
  };
  writeFileSync(config, JSON.stringify(settings));
  await readAhead(join(copy, 'dist'), config, cache);
  /** @type {string[]} */
  let wrong = [];
  const state = await states([], [`--config.file=${config}`, `--config.cache-folder=${cache}`], async () => {
    wrong = await lookAtIdentity(folder);
  });
  return { ...state, wrong };
}

/**
 * @param {readonly string[]} wrapper command that runs the rest of its arguments
 * @param {readonly string[]} [more] flags
 * @param {() => Promise<void>} [meanwhile] is done while the exporter runs
 * @returns {Promise<State>}
 */
async function states(wrapper, more = [], meanwhile) {
  const flags = ['--bpf.btf-file=/sys/kernel/btf/vmlinux', '--web.listen-address=127.0.0.1:10225', '--log.format=json'];
  const words = [...wrapper, process.execPath, join(copy, 'dist/main.js'), ...flags, ...more];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 2, 2] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await untilReady(() => child.exitCode !== null);
    const probes = await statuses();
    await meanwhile?.();
    // The wrapper became the exporter.
    return { probes, megabytes: mapMegabytes(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
