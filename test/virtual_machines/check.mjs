/**
 * Runs inside a virtual machine: starts the built exporter with every shipped probe, runs the workload of each case and
 * compares the counts. Prints one JSON line per probe. Usage: node check.mjs [PROBE...]
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cases } from './cases.mjs';
import { page, readAhead, statuses, untilReady } from './exporter.mjs';
import { samplesOf, sumOf } from './samples.mjs';

const exec = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const probeFolder = join(root, 'config/probes');

const scratch = mkdtempSync(join(tmpdir(), 'santabpf-check-'));
// Other users execute it too, and may not enter the repository.
const workload = join(scratch, 'workload');
copyFileSync(join(root, 'build/test/workload'), workload);
chmodSync(scratch, 0o755);
const setuid = join(scratch, 'vm-setuid');
copyFileSync(workload, setuid);
chmodSync(setuid, 0o4755);
/** Constants that some cases need, by probe. @type {Readonly<Record<string, string>>} */
const constants = {
  blocked_tasks: '{ shortest_ns: 1000000000 }',
  runqlat: '{ by_command: true }',
  privileges: '{ root_capabilities: 0x200000 }',
};
const asked = process.argv.slice(2);
const probes = readdirSync(probeFolder)
  .flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : []))
  .filter((name) => asked.length === 0 || asked.includes(name));
const needsLoop = cases.some(({ probe, workload: words }) => probes.includes(probe) && words.includes('LOOP'));
const loop = needsLoop ? attachLoop() : '';
const { stop } = await startExporter();
try {
  for (const probe of probes) console.log(JSON.stringify(await check(probe)));
} finally {
  const code = await stop();
  if (loop !== '') execFileSync('losetup', ['--detach', loop]);
  rmSync(scratch, { recursive: true });
  console.log(JSON.stringify({ exporter: code === 0 ? 'ended with 0' : `ended with ${code}`, ok: code === 0 }));
}

function attachLoop() {
  const file = join(scratch, 'disk');
  writeFileSync(file, Buffer.alloc(1 << 24));
  return execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
}

/** Uncompressed file of the running kernel's module "dummy". */
function moduleFile() {
  const cache = join(root, '.cache/kernels');
  const folders = readdirSync(cache).flatMap((name) =>
    ['lib', 'usr/lib'].map((lib) => join(cache, name, lib, 'modules')),
  );
  const packed = folders
    .flatMap((folder) => ['', '.xz'].map((suffix) => join(folder, release(), `kernel/drivers/net/dummy.ko${suffix}`)))
    .find(existsSync);
  if (packed === undefined) throw new Error(`No module dummy.ko for kernel ${release()} in ${cache}`);
  const file = join(scratch, 'dummy.ko');
  if (packed.endsWith('.xz')) writeFileSync(file, execFileSync('xz', ['-dc', packed], { maxBuffer: 1 << 26 }));
  else copyFileSync(packed, file);
  return file;
}

async function startExporter() {
  const config = join(scratch, 'santabpf.yaml');
  const entries = probes.map((probe) =>
    probe in constants ? `{ probe: ${probe}, constants: ${constants[probe]} }` : probe,
  );
  writeFileSync(
    config,
    `probe_path: [${JSON.stringify(probeFolder)}]\nprobe_deadline: 1m\nprobes:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`,
  );
  const dist = join(root, 'dist');
  const cache = join(scratch, 'cache');
  await readAhead(dist, config, cache);
  const options = [`--config.file=${config}`, `--config.cache-folder=${cache}`, '--web.listen-address=127.0.0.1:10225'];
  const child = spawn(process.execPath, [join(dist, 'main.js'), ...options, '--log.format=json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  try {
    await untilReady(() => child.exitCode !== null);
  } catch (error) {
    child.kill('SIGKILL');
    console.error(log);
    throw error;
  }
  return {
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      console.error(log);
      return code;
    },
  };
}

/**
 * @param {string} probe
 * @returns {Promise<import('./table.mjs').Row>}
 */
async function check(probe) {
  const status = (await statuses()).find(({ name }) => name === probe);
  const results = [];
  if (status?.state === 'up') {
    for (const entry of cases.filter((candidate) => candidate.probe === probe)) results.push(...(await compare(entry)));
  }
  return {
    probe,
    up: status?.state === 'up',
    reason: status?.reason?.message,
    programs: status?.programs.map(({ name }) => name) ?? [],
    results,
  };
}

/** @param {import('./expectation.mjs').Case} entry */
async function compare(entry) {
  /** @type {Readonly<Record<string, string>>} */
  const places = {
    LOOP: loop,
    FILE: join(scratch, 'file'),
    SETUID: setuid,
    MODULE: entry.workload.includes('MODULE') ? moduleFile() : '',
  };
  const args = entry.workload.map((word) => places[word] ?? word);
  if (entry.workload.includes('FILE')) writeFileSync(join(scratch, 'file'), 'x');
  const before = samplesOf(await page('/metrics'));
  const { stdout } = await exec(workload, args);
  const facts = /** @type {import('./expectation.mjs').Facts} */ (JSON.parse(stdout));
  const after = samplesOf(await page('/metrics'));
  return entry.expectations.map(({ metric, labels, least, most }) => {
    const name = `santabpf_${metric}`;
    const growth = sumOf(after, name, labels) - sumOf(before, name, labels);
    const what = `${entry.workload.join(' ')}: ${metric}${JSON.stringify(labels)}`;
    return { what, least: least(facts), most: most(facts), received: growth };
  });
}
