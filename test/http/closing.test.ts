import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';
import { eventually, gate } from '../harness/waiting.js';

const servers = new HttpServers();
afterEach(() => servers.close());

describe('closing', () => {
  it('finishes the scrape in flight and refuses new connections', async () => {
    const { exporter, server, url, port } = await servers.listen();
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
  });

  it('stops waiting after the given time', async () => {
    const { exporter, server, url } = await servers.listen();
    exporter.gate = new Promise(() => {});
    const scrape = fetch(`${url}/metrics`).catch((error: Error) => error);
    await eventually(() => exporter.scrapes === 1);
    await server.close(50);
    expect(await scrape).toBeInstanceOf(Error);
  });
});
