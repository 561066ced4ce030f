/**
 * Runs inside a virtual machine: asks `santabpf doctor` about every shipped probe, then starts the exporter with all of them, as root and
 * with the capabilities of the systemd unit. What the doctor says must be what /metrics then says. Prints one JSON line per situation.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { page, readAhead, untilReady } from './exporter.mjs';
import { samplesOf } from './samples.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const main = join(root, 'dist/main.js');
const probeFolder = join(root, 'config/probes');

const scratch = mkdtempSync(join(tmpdir(), 'santabpf-verdicts-'));
const config = join(scratch, 'santabpf.yaml');
const cache = join(scratch, 'cache');
const shipped = readdirSync(probeFolder).flatMap((name) =>
  name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : [],
);
writeFileSync(config, JSON.stringify({ probes: shipped, probe_path: [probeFolder], probe_deadline: '1m' }));
await readAhead(join(root, 'dist'), config, cache);

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
  const states = await statesOfAll(wrapper);
  const said = new Map(verdicts.map(({ probe, state }) => [probe, state]));
  const wrong = shipped.flatMap((probe) =>
    said.get(probe) === states.get(probe)
      ? []
      : [`${probe} is ${states.get(probe)}, and the doctor said ${said.get(probe)}`],
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
      ok: shipped.length > 0 && states.size === shipped.length && wrong.length === 0,
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
  const ended = await promisify(execFile)(command, words, { maxBuffer: 1 << 24 }).catch((error) => error);
  if (!ended.stdout) throw new Error(`The doctor said nothing: ${ended.stderr}`);
  return JSON.parse(ended.stdout).probes;
}

/**
 * @param {readonly string[]} wrapper
 * @returns {Promise<Map<string, string>>} by probe, what /metrics says
 */
async function statesOfAll(wrapper) {
  const flags = [`--config.file=${config}`, `--config.cache-folder=${cache}`, '--web.listen-address=127.0.0.1:10225'];
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
