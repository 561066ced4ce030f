import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { BpfMap, BpfObject } from '../../src/kernel/addon.js';
import { configFor, type RunningExporter, startExporter } from '../harness/exporter.js';
import { Samples } from '../harness/ground_truth.js';
import { addon } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function exporterOf(probe: string, change = (text: string) => text): Promise<RunningExporter> {
  const exporter = await startExporter({ config: change(configFor(probe)), patience: 25_000 });
  closing.push(() => exporter.stop());
  return exporter;
}

async function scrape(exporter: RunningExporter): Promise<Samples> {
  return new Samples(await exporter.get('/metrics', { accept: 'text/plain' }));
}

async function server(onConnection: (socket: Socket) => void = () => {}): Promise<{ server: Server; port: number }> {
  const server = createServer(onConnection).listen(0, '127.0.0.1', 77);
  await once(server, 'listening');
  closing.push(() => server.close());
  return { server, port: (server.address() as { port: number }).port };
}

/** A process that only holds a copy of the listening socket. */
function holder(server: Server): ChildProcess {
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const child = spawn('sleep', ['100'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
  closing.push(() => child.kill());
  return child;
}

describe('sockets that a probe remembers', needs({ root: true, bpf: true }), () => {
  test('are read without another walk over the open files', async () => {
    const { port } = await server();
    const exporter = await exporterOf('accept_queue');
    let samples = await scrape(exporter);
    for (let i = 0; i < 5; i++) samples = await scrape(exporter);
    const runs = samples.values('program_runs_total', { probe: 'accept_queue' });
    expect(runs.get('program="find_listeners"')).toBe(1);
    expect(runs.get('program="list_listeners"')).toBe(6);
    expect([...samples.values('listen_queue_limit', { local_port: `${port}` }).values()]).toEqual([77]);
  });

  test('are those of other processes, older than the probe or not, until the last process closes them', async () => {
    const old = await server();
    const child = holder(old.server);
    old.server.close();
    const exporter = await exporterOf('accept_queue');
    const young = await server();
    holder(young.server);
    young.server.close();
    const limits = async (port: number) =>
      Object.fromEntries((await scrape(exporter)).values('listen_queue_limit', { local_port: `${port}` }));
    expect(await limits(old.port)).toEqual({ 'command="sleep"': 77 });
    expect(Object.values(await limits(young.port))).toEqual([77]);
    child.kill();
    await once(child, 'exit');
    expect(await limits(old.port)).toEqual({});
    expect(Object.values(await limits(young.port))).toEqual([77]);
  });

  test('of one user leave places for those of others', async () => {
    const config = '[{ probe: accept_queue, maps: { accounts: { max_entries: 8 } } }]';
    const exporter = await exporterOf('accept_queue', (text) => text.replace('[accept_queue]', config));
    const ports = await Promise.all(Array.from({ length: 10 }, async () => (await server()).port));
    const program =
      "require('net').createServer().listen(0, '127.0.0.1', 77, function () { console.log(this.address().port) })";
    const other = spawn(process.execPath, ['-e', program], {
      uid: 65534,
      gid: 65534,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    closing.push(() => other.kill());
    const [port] = await once(other.stdout, 'data');
    const samples = await scrape(exporter);
    const shown = (port: number) => samples.values('listen_queue_limit', { local_port: `${port}` }).size;
    expect(shown(Number(port))).toBe(1);
    expect(ports.filter(shown).length).toBeLessThanOrEqual(4);
    const lost = samples.values('lost_updates_total', { probe: 'accept_queue', map: 'drops' });
    expect([...lost.values()][0]).toBeGreaterThanOrEqual(6);
  });

  test('count a connection from when the probe sees it, if it is older', async () => {
    const { port } = await server((socket) => socket.on('data', (data) => socket.write(data)));
    const client = connect(port, '127.0.0.1');
    closing.push(() => client.destroy());
    await once(client, 'connect');
    const exchange = async (times: number) => {
      for (let i = 0; i < times; i++) {
        client.write('x');
        await once(client, 'data');
      }
    };
    await exchange(200);
    const config = '[{ probe: tcp_segments, constants: { first_ephemeral_port: 65536 } }]';
    const exporter = await exporterOf('tcp_segments', (text) => text.replace('[tcp_segments]', config));
    const sent = async () => {
      const [value] = (await scrape(exporter)).values('tcp_segments_sent_total', { peer_port: `${port}` }).values();
      return value ?? 0;
    };
    expect(await sent()).toBe(0);
    await exchange(50);
    const counted = await sent();
    // A segment for each byte, and perhaps one that acknowledges each answer.
    expect(counted).toBeGreaterThanOrEqual(50);
    expect(counted).toBeLessThanOrEqual(100);
    client.destroy();
  });
});

describe('an address that is not its socket any more', needs({ root: true, bpf: true }), () => {
  const identityBytes = 8;

  async function load(): Promise<BpfObject> {
    const object = new addon.BpfObject(join(import.meta.dirname, '../../dist/bpf/accept_queue.bpf.o'));
    closing.push(() => object.close());
    const used = ['find_listeners', 'list_listeners'];
    for (const { name } of object.programs()) object.setAutoload(name, used.includes(name));
    await object.load();
    return object;
  }

  test.each([
    ['another socket', (key: Uint8Array) => key],
    ['no memory', () => new Uint8Array(8)],
    ['no address', () => new Uint8Array(8).fill(0x5a)],
  ])('is not read, and is forgotten: %s', async (_, other) => {
    const { port } = await server();
    const object = await load();
    await object.attach('find_listeners').iterate();
    const list = object.attach('list_listeners');
    const [accounts, listeners, held] = ['accounts', 'listeners', 'accounts_held'].map((name) => object.map(name));
    const count = async (map: BpfMap) => (await map.snapshot()).count;
    const { addedRows, addedKeys, count: known } = await accounts!.snapshot();
    await list.iterate();
    expect(await count(listeners!)).toBe(known);
    const { rows, values } = await accounts!.snapshot();
    const size = values.length / known;
    const portAt = (entry: number) => new DataView(values.buffer, values.byteOffset).getUint32(entry * size + 56, true);
    const entry = rows.findIndex((_, i) => portAt(i) === port);
    const place = addedRows.indexOf(rows[entry]!);
    const key = addedKeys.slice(place * 8, place * 8 + 8);
    const wrong = values.slice(entry * size, (entry + 1) * size);
    wrong[identityBytes - 1]! ^= 1;
    addon.remove(accounts!.id, key);
    addon.update(accounts!.id, other(key), wrong);
    for (const left of [known, known - 1]) {
      await listeners!.empty();
      await list.iterate();
      expect(await count(listeners!)).toBe(known - 1);
      expect(await count(accounts!)).toBe(left);
    }
    const all = addon.lookup(held!.id, new Uint8Array(4))!;
    expect(new DataView(all.buffer, all.byteOffset).getInt32(0, true)).toBe(known - 1);
  });
});
