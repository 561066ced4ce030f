import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpServer, type ServerOptions } from '../../src/http/server.js';
import { FakeExporter } from '../harness/fake_exporter.js';
import { keptLog } from '../harness/kept_log.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

async function start(options: Partial<ServerOptions> = {}) {
  const exporter = new FakeExporter();
  const { logger, lines } = keptLog();
  const server = await HttpServer.create(exporter, {
    telemetryPath: '/metrics',
    maxRequests: 40,
    enableLifecycle: false,
    logger,
    ...options,
  });
  servers.push(server);
  const [url] = await server.listen([LOOPBACK]);
  return { exporter, server, url: url!, port: Number(new URL(url!).port), lines };
}

function gate() {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error('It never came true');
    await pause(10);
  }
}

/** Many megabytes, more than sockets buffer. */
async function* large(): AsyncGenerator<Buffer> {
  for (let index = 0; index < 320; index++) yield Buffer.alloc(64 * 1024, 'x');
}

describe('listening', () => {
  it('takes several addresses, and names where they are', async () => {
    const { server, exporter } = await start();
    const urls = await server.listen([LOOPBACK, { host: 'localhost', port: 0 }]);
    expect(urls).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^http:\/\/localhost:\d+$/),
    ]);
    for (const url of urls) expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect(exporter.scrapes).toBe(0);
  });

  it('listens on none if one cannot be had', async () => {
    const { port } = await start();
    const free = await start();
    await free.server.close();
    const other = await start();
    await other.server.close();
    await expect(
      other.server.listen([
        { host: '127.0.0.1', port: free.port },
        { host: '127.0.0.1', port },
      ]),
    ).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `Expected to listen on "127.0.0.1:${port}" but received EADDRINUSE: the port is taken`,
    });
    await expect(fetch(`http://127.0.0.1:${free.port}/`)).rejects.toThrow();
  });

  it.each([
    [{ host: '192.0.2.1', port: 0 }, 'EADDRNOTAVAIL: no interface has this address'],
    [{ host: 'name.invalid', port: 0 }, '"name.invalid:0"'],
  ])('tells why not: %j', async (address, reason) => {
    const { server } = await start();
    await expect(server.listen([address])).rejects.toThrow(reason);
  });
});

describe('clients', () => {
  it('get every byte, compressed or not, at the same time', async () => {
    const { exporter, url } = await start();
    exporter.body = large;
    const sizes = await Promise.all(
      ['identity', 'gzip', 'identity', 'gzip'].map(async (encoding) => {
        const response = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': encoding } });
        expect(response.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
        return (await response.arrayBuffer()).byteLength;
      }),
    );
    expect(sizes).toEqual(Array(4).fill(320 * 64 * 1024));
  });

  it('that do not read hold up nobody', async () => {
    const { exporter, url, port } = await start({ maxRequests: 2 });
    exporter.body = large;
    const slow = connect(port, '127.0.0.1');
    slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    slow.pause();
    await eventually(() => exporter.renderings.length === 1);
    expect((await (await fetch(`${url}/metrics`)).arrayBuffer()).byteLength).toBe(320 * 64 * 1024);
    slow.destroy();
    await eventually(() => exporter.scrapes === 2);
  });

  it('that leave during a scrape leave the others theirs, and their place', async () => {
    const { exporter, url, port } = await start({ maxRequests: 2 });
    const { promise, open } = gate();
    exporter.gate = promise;
    exporter.body = large;
    const leaver = connect(port, '127.0.0.1');
    leaver.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => exporter.scrapes === 1);
    const stayer = fetch(`${url}/metrics`);
    await pause(30);
    expect((await fetch(`${url}/metrics`)).status).toBe(503);
    leaver.destroy();
    await pause(30);
    const next = fetch(`${url}/metrics`);
    await pause(30);
    open();
    for (const response of [await stayer, await next]) {
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(320 * 64 * 1024);
    }
    expect(exporter.scrapes).toBe(1);
  });

  it('that leave in the middle of a body leave the server whole', async () => {
    const { exporter, url, port, lines } = await start();
    exporter.body = large;
    for (let round = 0; round < 20; round++) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET /metrics HTTP/1.1\r\nHost: x\r\n${round % 2 ? 'Accept-Encoding: gzip\r\n' : ''}\r\n`);
      await once(socket, 'data');
      socket.destroy();
    }
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect((await (await fetch(`${url}/metrics`)).arrayBuffer()).byteLength).toBe(320 * 64 * 1024);
    expect(lines).toEqual([]);
  });

  it('see a body that breaks off as broken', async () => {
    const { exporter, url, lines } = await start();
    exporter.body = async function* () {
      yield Buffer.from('half');
      await pause(20);
      throw new Error('no memory');
    };
    const response = await fetch(`${url}/metrics`);
    await expect(response.text()).rejects.toThrow();
    expect(lines).toEqual([
      expect.objectContaining({ msg: 'A scrape broke off', err: expect.objectContaining({ message: 'no memory' }) }),
    ]);
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  });

  it.each(['GET / HTTP/9.9', '\u0000\u0001\u0002', 'GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2'])(
    'that talk nonsense are refused: %j',
    async (request) => {
      const { port, url } = await start();
      const socket = connect(port, '127.0.0.1');
      socket.write(`${request}\r\nHost: x\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 (400|505)/);
      socket.destroy();
      expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    },
  );

  it('may send no more headers than anyone needs', async () => {
    const { url } = await start();
    expect((await fetch(url, { headers: { x: 'y'.repeat(20_000) } })).status).toBe(431);
  });
});

describe('closing', () => {
  it('finishes the scrape in flight and refuses new ones', async () => {
    const { exporter, server, url, port } = await start();
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    const { promise, open } = gate();
    exporter.gate = promise;
    const scrape = fetch(`${url}/metrics`);
    await eventually(() => exporter.scrapes === 1);
    const closed = server.close();
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
    open();
    const response = await scrape;
    expect(await response.text()).toBe('# text 1\n');
    expect(response.headers.get('connection')).toBe('close');
    await closed;
    servers.length = 0;
  });

  it('does not wait for ever', async () => {
    const { exporter, server, url } = await start();
    exporter.gate = new Promise(() => {});
    const scrape = fetch(`${url}/metrics`).catch((error: Error) => error);
    await eventually(() => exporter.scrapes === 1);
    await server.close(50);
    expect(await scrape).toBeInstanceOf(Error);
    servers.length = 0;
  });
});
