/**
 * Runs inside a virtual machine: starts the built exporter with the probes of map_cases.mjs, and then with files of ebpf_exporter, does a known
 * amount of work and compares the counts. Prints one JSON line per map.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { page, readAhead, statuses, untilReady } from './exporter.mjs';
import { mapCases, works } from './map_cases.mjs';
import { samplesOf, sumOf } from './samples.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'dist');
const workload = join(root, 'build/test/workload');
const cgroups = '/sys/fs/cgroup';
/** In the fixtures, too. */
const port = 4713;
const foreignKind = 78;
const getppid = process.arch === 'arm64' ? 173 : 110;
const foreign = 'chosen_cgroups';

const scratch = mkdtempSync(join(tmpdir(), 'santabpf-maps-'));
for (const name of new Set(mapCases.map(({ probe }) => probe))) {
  copyFileSync(join(root, 'test/fixtures/bpf', `${name}.yaml`), join(scratch, `${name}.yaml`));
  copyFileSync(join(root, '.cache/fixtures', `${name}.bpf.o`), join(scratch, `${name}.bpf.o`));
}
try {
  await ownProbes();
  await foreignFile();
} finally {
  rmSync(scratch, { recursive: true });
}

async function ownProbes() {
  const config = join(scratch, 'santabpf.yaml');
  const cache = join(scratch, 'cache');
  const probes = [
    { probe: 'nested_maps', constants: { teller: process.pid } },
    { probe: 'storages', constants: { teller: process.pid, watched_call: getppid } },
  ];
  writeFileSync(config, JSON.stringify({ probe_path: ['.'], probe_deadline: '1m', probes }));
  await readAhead(dist, config, cache);
  await withExporter([`--config.file=${config}`, `--config.cache-folder=${cache}`], async () => {
    tell(process.pid * 256 + 1, works.firstValues);
    tell(process.pid * 256 + 2, [4]);
    tell(process.pid * 256 + 3, works.secondValues);
    // Each read of the property is a system call.
    for (let call = 0; call < works.calls; call++) void process.ppid;
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    const [other] = await accepted;
    await report((probe) => probe !== foreign);
    socket.destroy();
    other.destroy();
    server.close();
  });
}

async function foreignFile() {
  const [chosen, other] = ['chosen-1', 'other-1'].map((name) => join(cgroups, name));
  for (const folder of [chosen, other]) mkdirSync(/** @type {string} */ (folder));
  const flags = ['--config.format=ebpf_exporter', `--config.dir=${scratch}`, `--config.names=${foreign}`];
  await withExporter(flags, async () => {
    tell(foreignKind, Array(works.chosenValues).fill(2), chosen);
    tell(foreignKind, Array(works.otherValues).fill(2), other);
    await report((probe) => probe === foreign);
  });
}

/**
 * Prints what the maps of some probes show.
 * @param {(probe: string) => boolean} isWanted
 */
async function report(isWanted) {
  const shown = await statuses();
  const samples = samplesOf(await page('/metrics'));
  for (const { title, probe, metric, count, since } of mapCases.filter((one) => isWanted(one.probe))) {
    const { state, reason } = shown.find(({ name }) => name === probe) ?? { state: 'not shown' };
    const received = sumOf(samples, metric, {});
    console.log(JSON.stringify({ map: title, state, reason, since, least: count, most: count, received }));
  }
}

/** @param {readonly string[]} flags @param {() => Promise<void>} work */
async function withExporter(flags, work) {
  const parameters = [join(dist, 'main.js'), ...flags, '--web.listen-address=127.0.0.1:10225', '--log.format=json'];
  const exporter = spawn(process.execPath, parameters, { stdio: ['ignore', 2, 2] });
  const ended = once(exporter, 'close');
  try {
    await untilReady(() => exporter.exitCode !== null);
    await work();
  } finally {
    exporter.kill('SIGTERM');
    await ended;
  }
}

/**
 * Sends values to the probes.
 * @param {number} kind with the number of the sender above its low byte
 * @param {readonly number[]} values
 * @param {string} [cgroup] folder of the sender's cgroup
 */
function tell(kind, values, cgroup = cgroups) {
  const words = [workload, 'values', '1', String(kind), ...values.map(String)];
  execFileSync('sh', ['-c', `echo $$ > "$0/cgroup.procs" && exec "$@"`, cgroup, ...words]);
}
