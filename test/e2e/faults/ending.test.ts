import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { configFor, launchExporter, mainFile, type RunningExporter } from '../../harness/exporter.js';
import { parseExposition } from '../../harness/exposition_parser.js';
import { needs } from '../../harness/requirements.js';
import { type KernelObjects, kernelObjectsOf, untilFreed } from '../kernel_objects.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, tellAll, toldProbe } from '../probes.js';
import { until } from '../until.js';

const kind = 4;

const entries = 100_000;

/** An exporter whose answer is larger than the socket buffers, so it is in progress until the client reads it. */
async function exporterOfMany(): Promise<RunningExporter> {
  // One user gets half of the places, and a key that two threads add at once takes two.
  const settings = 'maps: { values: { max_entries: 500000 } }';
  const exporter = await exporterOf({
    config: `${mainFileOf('{ probe: told, limit: 500000 }', 'syscalls')}`,
    files: { 'told.yaml': toldProbe({ kind, settings }) },
  });
  tellAll(entries, kind);
  return exporter;
}

/** Sends a scrape and reads only the head of the answer. */
async function slowScrape(exporter: RunningExporter): Promise<IncomingMessage> {
  const sent = request(`${exporter.url}/metrics`, { headers: { accept: 'text/plain' } }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function expectSome({ programs, maps, links }: KernelObjects): void {
  expect(programs.length).toBeGreaterThan(0);
  expect(maps.length).toBeGreaterThan(0);
  expect(links.length).toBeGreaterThan(0);
}

describe('shutdown', needs(fixtureNeeds), () => {
  it('finishes the scrape in progress before it exits, and leaves nothing in the kernel', async () => {
    const exporter = await exporterOfMany();
    const objects = kernelObjectsOf(exporter.process.pid!);
    expectSome(objects);
    const response = await slowScrape(exporter);
    exporter.process.kill('SIGTERM');
    await exporter.logged('Finishing requests in flight');
    await expect(fetch(`${exporter.url}/metrics`)).rejects.toThrow();
    const samples = parseExposition(await textOf(response), 'text').flatMap((family) => family.samples);
    expect(samples.filter(({ name }) => name === 'santabpf_told_total')).toHaveLength(entries);
    expect(await exporter.ended).toEqual({ code: 0, signal: null });
    await untilFreed(objects);
    expect(exporter.entries().filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('does not wait forever for a client that stops reading', async () => {
    const exporter = await exporterOfMany();
    const response = await slowScrape(exporter);
    response.on('error', () => {});
    exporter.process.kill('SIGTERM');
    expect(await exporter.ended).toEqual({ code: 0, signal: null });
  });

  it('exits at once on a second signal', async () => {
    const exporter = await exporterOfMany();
    const objects = kernelObjectsOf(exporter.process.pid!);
    const response = await slowScrape(exporter);
    response.on('error', () => {});
    exporter.process.kill('SIGTERM');
    await exporter.logged('Finishing requests in flight');
    exporter.process.kill('SIGTERM');
    expect(await exporter.ended).toEqual({ code: null, signal: 'SIGTERM' });
    await untilFreed(objects);
  });

  it('also happens on SIGINT', async () => {
    const exporter = await exporterOf({ config: configFor('syscalls', 'profile') });
    const objects = kernelObjectsOf(exporter.process.pid!);
    expectSome(objects);
    exporter.process.kill('SIGINT');
    expect(await exporter.ended).toEqual({ code: 0, signal: null });
    await untilFreed(objects);
  });

  it('by SIGKILL also leaves nothing in the kernel', async () => {
    const exporter = await exporterOf({ config: configFor('syscalls', 'execs', 'biolatency', 'runqlat', 'profile') });
    const objects = kernelObjectsOf(exporter.process.pid!);
    expectSome(objects);
    exporter.process.kill('SIGKILL');
    expect(await exporter.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await untilFreed(objects);
  });

  it.each([0, 150, 300, 600])('is clean %d ms into the start', async (milliseconds) => {
    const exporter = launchExporter({ config: configFor('syscalls', 'execs', 'tcp', 'biolatency', 'runqlat') });
    // Until main.js installs its handlers, the signal kills Node.js itself.
    await until('main.js to run', () => hasHandlers(exporter.process.pid!), 10_000, 2);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    exporter.process.kill('SIGTERM');
    expect(await exporter.ended).toEqual({ code: 0, signal: null });
    for (const line of exporter.log().split('\n').slice(0, -1))
      expect(JSON.parse(line)).toMatchObject({ level: 'info' });
    await exporter.stop();
  });

  it('does not happen on SIGHUP, even during the start', async () => {
    const exporter = launchExporter({ config: configFor('syscalls') });
    await until('main.js to run', () => hasHandlers(exporter.process.pid!), 10_000, 2);
    exporter.process.kill('SIGHUP');
    await exporter.logged('Metrics are at');
    expect(await exporter.stop()).toBe(0);
  });
});

describe('the reader of the log', needs(fixtureNeeds), () => {
  it.each(['stdout', 'stderr'] as const)('may close %s while the exporter runs', async (stream) => {
    const exporter = await exporterOf({ config: configFor('syscalls'), arguments: ['--log.level=debug'] });
    exporter.process[stream]!.destroy();
    for (let i = 0; i < 20; i++) await Scrape.of(exporter);
    expect((await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect((await Scrape.of(exporter)).sum('syscalls_total')).toBeGreaterThan(0);
    expect(await exporter.stop()).toBe(0);
  });

  it('may have closed every stream before the start', async () => {
    const child = spawn(
      'sh',
      ['-c', 'exec "$@" <&- >&- 2>&-', 'sh', process.execPath, mainFile, '--web.listen-address=127.0.0.1:0'],
      { stdio: 'ignore' },
    );
    const listening = () => kernelObjectsOf(child.pid!).links.length > 0;
    await until('probes to be attached', listening);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});

/** Whether a process has a handler for SIGHUP. */
function hasHandlers(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & 1n) === 1n;
}
