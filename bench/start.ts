/** Time from the start to the end of the first scrape, and memory after many scrapes, compared with a bare Node. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anonymousMemory, type ExporterOptions, ExporterProcess } from './exporter_process.js';
import { figure, printTable, spread, summary } from './numbers.js';
import { root } from './root.js';

const rounds = 15;
/** As `npm start`, the systemd unit and the container image set it. */
const environment = { MALLOC_ARENA_MAX: '1' };
const eightProbes = 'probes: [syscalls, execs, opens, biolatency, runqlat, tcp, packet_drops, oom_kills]';
const scrapes = [50, 500];
const bareServer = `require('node:http').createServer((request, response) => response.end('up 1\\n'))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;

export async function start(): Promise<void> {
  const bare: number[] = [];
  const eight: number[] = [];
  const exporter: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-bench-'));
  const configFile = join(folder, 'eight.yaml');
  writeFileSync(configFile, `${eightProbes}\nprobe_path: ["${join(root, 'config/probes')}"]\n`);
  const ofEight = { configFile, environment: { ...environment, CACHE_DIRECTORY: join(folder, 'cache') } };
  // The first start reads the configuration.
  await startOnce(ofEight);
  for (let round = 0; round < rounds; round++) {
    bare.push(
      await timed(startBare, async ({ process, port }) => {
        await fetchText(port);
        return () => end(process);
      }),
    );
    eight.push(await startOnce(ofEight));
    exporter.push(await startOnce({ environment }));
  }
  rmSync(folder, { recursive: true });
  printTable(
    ['start to first scrape', 'ms', 'least'],
    [
      ['node:http alone', spread(summary(bare)), figure(summary(bare).least)],
      ['exporter, eight probes', spread(summary(eight)), figure(summary(eight).least)],
      ['exporter, default probes', spread(summary(exporter)), figure(summary(exporter).least)],
    ],
  );
  console.log();
  printTable(
    ['RssAnon in MB after', ...scrapes.map((count) => `${count} scrapes`)],
    [
      ['node:http alone', ...(await memoryOfBare())],
      ['exporter, default probes', ...(await memoryOfExporter(environment))],
      ['without MALLOC_ARENA_MAX=1', ...(await memoryOfExporter({}))],
    ],
  );
}

/** Milliseconds until `ready` has resolved. The function that it resolves to ends the process. */
async function timed<T>(
  launch: () => Promise<T>,
  ready: (running: T) => Promise<() => Promise<void>>,
): Promise<number> {
  const begin = performance.now();
  const finish = await ready(await launch());
  const took = performance.now() - begin;
  await finish();
  return took;
}

/** Milliseconds from the start to the end of the first scrape. */
function startOnce(options: ExporterOptions): Promise<number> {
  return timed(
    () => ExporterProcess.start(options),
    async (running) => {
      await running.get('/metrics');
      return () => running.stop();
    },
  );
}

async function memoryOfExporter(environment: Readonly<Record<string, string>>): Promise<string[]> {
  const exporter = await ExporterProcess.start({ environment });
  const results = await afterScrapes(exporter.port, exporter.process.pid!, '/metrics');
  await exporter.stop();
  return results;
}

async function memoryOfBare(): Promise<string[]> {
  const { process, port } = await startBare();
  const results = await afterScrapes(port, process.pid!, '/');
  await end(process);
  return results;
}

async function afterScrapes(port: number, pid: number, path: string): Promise<string[]> {
  const results: string[] = [];
  let done = 0;
  for (const count of scrapes) {
    for (; done < count; done++) await fetchText(port, path);
    results.push(figure(anonymousMemory(pid) / 1e6));
  }
  return results;
}

async function startBare(): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['-e', bareServer], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => {
    child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())));
  });
  return { process: child, port };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function fetchText(port: number, path = '/'): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}
