/**
 * Runs inside a virtual machine: starts the built exporter with one probe for each hook of hook_cases.mjs, does a known amount of work
 * and compares the counts. Prints one JSON line per hook.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { page, readAhead, statuses, untilReady } from './exporter.mjs';
import { hookCases, programs, works } from './hook_cases.mjs';
import { samplesOf, sumOf } from './samples.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'dist');
const workload = join(root, 'build/test/workload');
/** In the fixture, too. */
const port = 4711;

const scratch = mkdtempSync(join(tmpdir(), 'santabpf-hooks-'));
const config = join(scratch, 'santabpf.yaml');
const names = hookCases.map((_, index) => `hook_${index}`);
for (const object of ['kernel_hooks', 'network_hooks']) {
  copyFileSync(join(root, '.cache/fixtures', `${object}.bpf.o`), join(scratch, `${object}.bpf.o`));
}
for (const [index, hookCase] of hookCases.entries())
  writeFileSync(join(scratch, `hook_${index}.yaml`), probe(index, hookCase));
writeFileSync(config, JSON.stringify({ probe_path: ['.'], probe_deadline: '1m', probes: names }));
await readAhead(dist, config, join(scratch, 'cache'));
const flags = [`--config.file=${config}`, `--config.cache-folder=${join(scratch, 'cache')}`];
const exporter = spawn(
  process.execPath,
  [join(dist, 'main.js'), ...flags, '--web.listen-address=127.0.0.1:10225', '--log.format=json'],
  { stdio: ['ignore', 2, 2] },
);
const ended = once(exporter, 'close');
try {
  await untilReady(() => exporter.exitCode !== null);
  const shown = await statuses();
  const before = samplesOf(await page('/metrics'));
  await work();
  const after = samplesOf(await page('/metrics'));
  for (const [index, { hook, work: kind, each = 1, since }] of hookCases.entries()) {
    const status = shown.find(({ name }) => name === names[index]);
    const metric = `santabpf_hook_${index}_runs_total`;
    const least = each * works[kind];
    // The exporter's own connections are made in the same cgroup.
    const most = kind === 'connects' ? least + 3 : least;
    const received = sumOf(after, metric, {}) - sumOf(before, metric, {});
    const { state, reason } = status ?? { state: 'not shown' };
    console.log(JSON.stringify({ hook, state, reason, since, least, most, received }));
  }
} finally {
  exporter.kill('SIGTERM');
  await ended;
  rmSync(scratch, { recursive: true });
}

/**
 * @param {number} index
 * @param {import('./hook_cases.mjs').HookCase} hookCase
 * @returns {string} the probe file: JSON is YAML, too
 */
function probe(index, { hook, object, attach }) {
  const settings = programs[object].map((name) => [name, attach[name] ?? { skip: true }]);
  const text = JSON.stringify({
    probe: names[index],
    summary: `Counts runs at ${hook}.`,
    object: `${object}.bpf.o`,
    programs: { attach: Object.fromEntries(settings) },
    metrics: [
      {
        name: `hook_${index}_runs_total`,
        type: 'counter',
        help: 'Runs.',
        map: '.bss',
        value: 'counts[]',
        labels: { program: { from: 'index' } },
      },
    ],
  });
  return text.replaceAll('WORKLOAD', workload);
}

async function work() {
  const file = join(scratch, 'opened');
  writeFileSync(file, 'x');
  execFileSync(workload, ['--comm', 'vm-hooks', 'getppid', String(works.calls)]);
  execFileSync(workload, ['--comm', 'vm-hooks', 'opens', String(works.opens), file]);
  const sender = createSocket('udp4');
  const receiver = createSocket('udp4').bind(port, '127.0.0.1');
  await once(receiver, 'listening');
  for (let sent = 0; sent < works.datagrams; sent++) {
    await new Promise((resolve) => sender.send('x', port, '127.0.0.1', resolve));
  }
  sender.close();
  receiver.close();
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  for (let made = 0; made < works.connects; made++) {
    const socket = connect(address.port, '127.0.0.1').resume();
    await once(socket, 'close');
  }
  server.close();
}
