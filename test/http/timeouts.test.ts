import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LIMITS } from '../../src/http/limits.js';
import { HttpServers } from '../harness/http_servers.js';
import { eventually, gate, pause } from '../harness/waiting.js';

const limits: { -readonly [name in keyof typeof LIMITS]: number } = LIMITS;
const usual = { ...LIMITS };
const servers = new HttpServers();
const sockets: Socket[] = [];
beforeEach(() => {
  limits.checkMs = 20;
});
afterEach(async () => {
  Object.assign(limits, usual);
  for (const socket of sockets.splice(0)) socket.destroy();
  await servers.close();
});

function open(port: number, bytes: string): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  socket.write(bytes);
  return socket;
}

/** Everything that a connection receives until it is closed. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1'))).resume();
  await once(socket, 'close');
  return text;
}

const SCRAPE = 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n';
const CHUNK = Buffer.alloc(64 * 1024, 'x');
/** 20 MB: more than socket buffers hold. */
const CHUNKS = 320;

/** A server whose answers are larger than what the sockets on the way keep. */
async function withLargeAnswers(maxRequests = 40) {
  const listening = await servers.listen({ maxRequests });
  listening.exporter.body = async function* () {
    for (let chunk = 0; chunk < CHUNKS; chunk++) yield CHUNK;
  };
  return listening;
}

it.each([
  ['headers do', { headersMs: 100 }, 'GET /metrics HTTP/1.1\r\nhost: x\r\n'],
  ['body does', { headersMs: 100, requestMs: 150 }, 'POST /-/reload HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx'],
])('a request whose %s not arrive in time is answered with 408', async (_, short, bytes) => {
  Object.assign(limits, short);
  const { port } = await servers.listen();
  expect(await received(open(port, bytes))).toMatch(/^HTTP\/1.1 408 /);
});

it('a byte now and then does not make the time for headers longer', async () => {
  limits.headersMs = 100;
  const { port } = await servers.listen();
  const socket = open(port, 'GET /metrics HTTP/1.1\r\nhost: x\r\nx-slow: ');
  const drip = setInterval(() => socket.writable && socket.write('z'), 10);
  expect(await received(socket)).toMatch(/^HTTP\/1.1 408 /);
  clearInterval(drip);
});

it('a connection that is idle for too long between requests is closed', async () => {
  limits.idleMs = 200;
  const { port } = await servers.listen();
  const begin = performance.now();
  expect(await received(open(port, 'GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n'))).toMatch(/^HTTP\/1.1 200 /);
  expect(performance.now() - begin).toBeGreaterThan(LIMITS.idleMs - 50);
});

it('a connection without traffic during a request is closed', async () => {
  limits.inactiveMs = 100;
  const { port, exporter } = await servers.listen();
  const { promise, open: answer } = gate();
  exporter.gate = promise;
  expect(await received(open(port, SCRAPE))).toBe('');
  answer();
});

it('an answer that takes too long is cut off', async () => {
  limits.responseMs = 300;
  const { port, exporter } = await servers.listen();
  exporter.body = async function* () {
    for (let chunk = 0; chunk < 100; chunk++) {
      yield CHUNK;
      await pause(20);
    }
  };
  const text = await received(open(port, SCRAPE));
  expect(text).toMatch(/^HTTP\/1.1 200 /);
  expect(text.length).toBeLessThan(100 * CHUNK.length);
});

it('a client that takes nothing for too long is disconnected, and the log says why', async () => {
  limits.stallMs = 100;
  const { port, lines } = await withLargeAnswers();
  const socket = open(port, SCRAPE).pause();
  await eventually(() => lines.some(({ msg }) => msg === 'A slow client was disconnected'));
  expect(lines).toContainEqual(expect.objectContaining({ reason: 'it took nothing for too long' }));
  expect((await received(socket)).length).toBeLessThan(CHUNKS * CHUNK.length);
});

it('the scrape of a client that takes nothing for a moment makes place for another one', async () => {
  limits.slowMs = 60_000;
  const { url, port, exporter } = await withLargeAnswers(1);
  open(port, SCRAPE).pause();
  await eventually(() => exporter.scrapes === 1);
  expect((await fetch(`${url}/metrics`)).status).toBe(503);
  limits.slowMs = 20;
  let response = await fetch(`${url}/metrics`);
  for (let tries = 0; response.status === 503 && tries < 2000; tries++) {
    await pause(10);
    response = await fetch(`${url}/metrics`);
  }
  expect(response.status).toBe(200);
  expect((await response.arrayBuffer()).byteLength).toBe(CHUNKS * CHUNK.length);
});
