import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { clientNetwork } from '../../src/http/client_network.js';
import { Connections, connectionLimit } from '../../src/http/connections.js';
import { LIMITS } from '../../src/http/limits.js';
import { ScrapePlaces } from '../../src/http/scrape_places.js';
import type { Transfer } from '../../src/http/transfer.js';
import { Transfers } from '../../src/http/transfers.js';
import { FakeSocket } from '../harness/fake_socket.js';
import { HttpServers } from '../harness/http_servers.js';

const servers = new HttpServers();
afterEach(() => servers.close());

/** Sends bytes and returns everything received until the connection is closed. */
async function send(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1'))).on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('a request body', () => {
  const head = (...lines: string[]) => ['POST /-/reload HTTP/1.1', 'host: x', ...lines, '', ''].join('\r\n');
  const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;

  it.each([
    [
      'at the limit',
      head('connection: close', `content-length: ${LIMITS.bodyBytes}`) + 'x'.repeat(LIMITS.bodyBytes),
      200,
    ],
    ['one byte over, by its header', head(`content-length: ${LIMITS.bodyBytes + 1}`), 413],
    [
      'in chunks, at the limit',
      `${head('connection: close', 'transfer-encoding: chunked')}${chunk.repeat(2)}0\r\n\r\n`,
      200,
    ],
    ['in chunks, one byte over', `${head('transfer-encoding: chunked')}${chunk.repeat(2)}1\r\nx\r\n`, 413],
    ['too large, with an expectation', head('expect: 100-continue', 'content-length: 100000000'), 413],
  ])('%s', async (_, bytes, status) => {
    const { port, exporter } = await servers.listen();
    expect(await send(port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(exporter.reloads).toBe(status === 200 ? 1 : 0);
  });
});

describe('pipelined requests', () => {
  const one = 'GET /-/healthy HTTP/1.1\r\nhost: x\r\n\r\n';
  const last = 'GET /-/healthy HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

  it.each([
    [LIMITS.pipelinedRequests, LIMITS.pipelinedRequests + 1],
    [LIMITS.pipelinedRequests + 1, 0],
  ])('%i before the last one get %i answers', async (before, answers) => {
    const { port } = await servers.listen();
    const received = await send(port, one.repeat(before) + last);
    expect(received.match(/HTTP\/1.1 200 OK/g) ?? []).toHaveLength(answers);
  });
});

describe('connections over the limit', () => {
  const filled = (...addresses: string[]) => {
    const connections = new Connections(addresses.length);
    const sockets = addresses.map((address, index) => new FakeSocket(address, 1000 + index) as unknown as Socket);
    for (const socket of sockets) connections.add(socket);
    return { connections, sockets, destroyed: () => sockets.map((socket) => socket.destroyed) };
  };
  const newcomer = () => new FakeSocket('192.0.2.9', 9) as unknown as Socket;

  it('close the longest idle one of the client that has most', () => {
    const { connections, sockets, destroyed } = filled('192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.2');
    connections.began(sockets[1]!);
    connections.add(newcomer());
    expect(destroyed()).toEqual([false, false, true, false]);
  });

  it('close the one that is answered for longest if none is idle', () => {
    const { connections, sockets, destroyed } = filled('192.0.2.1', '192.0.2.2', '192.0.2.2');
    for (const index of [0, 2, 1]) connections.began(sockets[index]!);
    connections.add(newcomer());
    expect(destroyed()).toEqual([false, false, true]);
  });

  it('are fewer where few files may be open', () => {
    expect([connectionLimit(524_288), connectionLimit(300), connectionLimit(1)]).toEqual([LIMITS.connections, 150, 1]);
  });
});

it('counts an IPv6 network as one client', () => {
  expect(clientNetwork('2001:db8::1')).toBe(clientNetwork('2001:db8::ffff:2'));
  expect(clientNetwork('2001:db8::1')).not.toBe(clientNetwork('2001:db8:0:1::1'));
  expect(clientNetwork('::ffff:192.0.2.1')).toBe('192.0.2.1');
});

it('admits scrapes over the limit in place of slow ones, and of clients without any', () => {
  const places = new ScrapePlaces(2);
  const scrape = (client: string, isSlow = false) => ({ client, isSlow: () => isSlow });
  expect([places.take(scrape('a', true)), places.take(scrape('a')), places.take(scrape('a'))]).toEqual([
    true,
    true,
    true,
  ]);
  expect([places.take(scrape('a')), places.take(scrape('b')), places.take(scrape('b'))]).toEqual([false, true, false]);
});

it('disconnects the slowest of the client with most answers when they need too much memory', () => {
  const reasons: string[] = [];
  const transfers = new Transfers((reason) => reasons.push(reason));
  const cut: string[] = [];
  const open = (name: string, client: string, waitingSince: number, isNewest = false) => {
    const transfer = { client, waitingSince, isNewest, leave: () => {}, cut: () => cut.push(name) };
    transfers.watch(transfer as unknown as Transfer);
  };
  open('scraper', 'a', 1);
  open('newest', 'b', 1, true);
  open('slow', 'b', 3);
  open('slowest', 'b', 2);
  transfers.add(LIMITS.keptBytes);
  expect(cut).toEqual([]);
  transfers.add(1);
  expect(cut).toEqual(['slowest', 'slow', 'scraper']);
  expect(reasons).toHaveLength(3);
});
