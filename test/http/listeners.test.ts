import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';

const servers = new HttpServers();
afterEach(() => servers.close());

const loopback = { host: '127.0.0.1', port: 0 };

describe('listening', () => {
  it('accepts several addresses and returns their URLs', async () => {
    const { server, exporter } = await servers.listen();
    const urls = await server.listen([loopback, { host: 'localhost', port: 0 }]);
    expect(urls).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^http:\/\/localhost:\d+$/),
    ]);
    for (const url of urls) expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    expect(exporter.scrapes).toBe(0);
  });

  it('listens on no address if one fails', async () => {
    const { port } = await servers.listen();
    const free = await servers.listen();
    await free.server.close();
    const other = await servers.listen();
    await other.server.close();
    await expect(
      other.server.listen([
        { host: '127.0.0.1', port: free.port },
        { host: '127.0.0.1', port },
      ]),
    ).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `Cannot listen on "127.0.0.1:${port}": EADDRINUSE: the port is in use`,
    });
    await expect(fetch(`http://127.0.0.1:${free.port}/`)).rejects.toThrow();
  });

  it.each([
    [
      { host: '192.0.2.1', port: 0 },
      'Cannot listen on "192.0.2.1:0": EADDRNOTAVAIL: no network interface has this address',
    ],
    [{ host: 'name.invalid', port: 0 }, 'Cannot listen on "name.invalid:0": '],
  ])('reports the reason of a failure: %j', async (address, reason) => {
    const { server } = await servers.listen();
    await expect(server.listen([address])).rejects.toThrow(reason);
  });
});
