import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { createGunzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';
import { eventually, gate, pause } from '../harness/waiting.js';

const servers = new HttpServers();
afterEach(() => servers.close());

const CHUNK = Buffer.alloc(64 * 1024, 'x');
/** 20 MB: more than socket buffers hold. */
const LARGE = 320 * CHUNK.length;

async function* large(): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < LARGE; sent += CHUNK.length) yield CHUNK;
}

/** Scrapes without keeping the body, which `fetch` would. */
async function download(
  url: string,
  encoding: string,
): Promise<{ status: number; encoding: string | undefined; bytes: number }> {
  const asked = request(`${url}/metrics`, { agent: false, headers: { 'accept-encoding': encoding } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const content = encoding === 'gzip' ? response.pipe(createGunzip()) : response;
  let bytes = 0;
  for await (const chunk of content) bytes += (chunk as Buffer).length;
  return { status: response.statusCode!, encoding: response.headers['content-encoding'], bytes };
}

describe('clients', () => {
  it('receive every byte, compressed or not, concurrently', async () => {
    const { exporter, url } = await servers.listen();
    exporter.body = large;
    const encodings = ['identity', 'gzip', 'identity', 'gzip'];
    expect(await Promise.all(encodings.map((encoding) => download(url, encoding)))).toEqual(
      encodings.map((encoding) => ({
        status: 200,
        encoding: encoding === 'gzip' ? 'gzip' : undefined,
        bytes: LARGE,
      })),
    );
  });

  it('that do not read do not delay others', async () => {
    const { exporter, url, port } = await servers.listen({ maxRequests: 2 });
    exporter.body = large;
    const slow = connect(port, '127.0.0.1');
    slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    slow.pause();
    await eventually(() => exporter.renderings.length === 1);
    expect((await download(url, 'identity')).bytes).toBe(LARGE);
    slow.destroy();
    await eventually(() => exporter.scrapes === 2);
  });

  it('that disconnect during a scrape do not affect others and free their place', async () => {
    const { exporter, url, port } = await servers.listen({ maxRequests: 2 });
    const { promise, open } = gate();
    exporter.gate = promise;
    exporter.body = large;
    const leaver = connect(port, '127.0.0.1');
    leaver.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => exporter.scrapes === 1);
    const stayer = download(url, 'identity');
    await pause(30);
    expect((await fetch(`${url}/metrics`)).status).toBe(503);
    leaver.destroy();
    await pause(30);
    const next = download(url, 'identity');
    await pause(30);
    open();
    for (const answer of [await stayer, await next]) expect(answer).toMatchObject({ status: 200, bytes: LARGE });
    expect(exporter.scrapes).toBe(1);
  });

  it('that disconnect during a body do not harm the server', async () => {
    const { exporter, url, port, lines } = await servers.listen();
    exporter.body = large;
    for (let round = 0; round < 6; round++) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\n${round % 2 ? 'Accept-Encoding: gzip\r\n' : ''}\r\n`);
      await once(socket, 'data');
      socket.destroy();
    }
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect((await download(url, 'gzip')).bytes).toBe(LARGE);
    expect(lines).toEqual([]);
  });

  it('see a body that fails as cut off', async () => {
    const { exporter, url, lines } = await servers.listen();
    let fail = () => {};
    const failing = new Promise<void>((resolve) => {
      fail = resolve;
    });
    exporter.body = async function* () {
      yield Buffer.from('half');
      await failing;
      throw new Error('no memory');
    };
    const response = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': 'identity' } });
    fail();
    await expect(response.text()).rejects.toThrow();
    expect(lines).toEqual([
      expect.objectContaining({
        msg: 'A scrape response was cut off',
        err: expect.objectContaining({ message: 'no memory' }),
      }),
    ]);
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  });

  it.each(['GET / HTTP/9.9', '\u0000\u0001\u0002', 'GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2'])(
    'that send invalid HTTP are refused: %j',
    async (request) => {
      const { port, url } = await servers.listen();
      const socket = connect(port, '127.0.0.1');
      socket.write(`${request}\r\nHost: x\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 (400|505)/);
      socket.destroy();
      expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    },
  );

  it('are refused if their headers are too large', async () => {
    const { url } = await servers.listen();
    expect((await fetch(url, { headers: { x: 'y'.repeat(20_000) } })).status).toBe(431);
  });
});
