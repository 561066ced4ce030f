/**
 * Runs inside a virtual machine: asks `santabpf doctor` about every shipped probe, then starts the exporter with all of them, as root and
 * with the capabilities of the systemd unit. What the doctor says must be what /metrics then says. Prints one JSON line per situation.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { page, untilReady } from './exporter.mjs';
import { samplesOf } from './samples.mjs';

const main = join(dirname(fileURLToPath(import.meta.url)), '../../dist/main.js');

const situations = {
  root: [],
  // The memory limit matters before 5.11.
  'two capabilities': [
    ...['prlimit', '--memlock=unlimited:unlimited'],
    ...['setpriv', '--bounding-set=-all,+bpf,+perfmon', '--inh-caps=-all'],
  ],
};

for (const [name, wrapper] of Object.entries(situations)) {
  const verdicts = await askDoctor(wrapper);
  const states = await statesOfAll(
    wrapper,
    verdicts.map(({ probe }) => probe),
  );
  const wrong = verdicts.flatMap(({ probe, state }) =>
    state === states.get(probe) ? [] : [`${probe} is ${states.get(probe)}, and the doctor said ${state}`],
  );
  const reasons = (/** @type {string} */ wanted) =>
    Object.fromEntries(
      verdicts.flatMap(({ probe, state, reason }) =>
        state === wanted ? [[probe, `${reason?.code}: ${reason?.message}`]] : [],
      ),
    );
  console.log(
    JSON.stringify({
      situation: `doctor, ${name}${isLockedDown() ? ', lockdown' : ''}`,
      ok: verdicts.length > 0 && states.size === verdicts.length && wrong.length === 0,
      up: verdicts.filter(({ state }) => state === 'up').length,
      unsupported: reasons('unsupported'),
      down: reasons('down'),
      ...(wrong.length > 0 && { wrong }),
    }),
  );
}

/**
 * @param {readonly string[]} wrapper command that runs the rest of its arguments
 * @returns {Promise<readonly { probe: string; state: string; reason?: { code: string; message: string } }[]>}
 */
async function askDoctor(wrapper) {
  const [command = '', ...words] = [...wrapper, process.execPath, main, 'doctor', '--json'];
  // The exit code is 1 where a default probe does not run.
  const { stdout } = await promisify(execFile)(command, words, { maxBuffer: 1 << 24 }).catch((error) => error);
  return JSON.parse(stdout).probes;
}

/**
 * @param {readonly string[]} wrapper
 * @param {readonly string[]} probes
 * @returns {Promise<Map<string, string>>} by probe, what /metrics says
 */
async function statesOfAll(wrapper, probes) {
  const flags = [...probes.map((probe) => `--probe.${probe}`), '--web.listen-address=127.0.0.1:10225'];
  const [command = '', ...words] = [...wrapper, process.execPath, main, ...flags];
  const child = spawn(command, words, { stdio: ['ignore', 2, 2] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await untilReady(() => child.exitCode !== null);
    const current = samplesOf(await page('/metrics')).filter(
      ({ name, value }) => name === 'santabpf_probe_state' && value === 1,
    );
    return new Map(current.map(({ labels }) => [labels.probe ?? '', labels.state ?? '']));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function isLockedDown() {
  try {
    return !readFileSync('/sys/kernel/security/lockdown', 'utf8').includes('[none]');
  } catch {
    return false;
  }
}
