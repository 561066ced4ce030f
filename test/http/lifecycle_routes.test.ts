import { afterEach, describe, expect, it } from 'vitest';
import { describeFault, Faults, fault } from '../../src/errors/fault.js';
import { HttpServers } from '../harness/http_servers.js';

const servers = new HttpServers();
afterEach(() => servers.close());

describe('the life cycle paths', () => {
  it('report health and readiness', async () => {
    const { app, exporter } = await servers.create();
    expect((await app.inject('/-/healthy')).body).toBe('SantaBPF is healthy.\n');
    expect((await app.inject('/-/ready')).statusCode).toBe(200);
    exporter.isReady = false;
    const starting = await app.inject('/-/ready');
    expect(starting.statusCode).toBe(503);
    expect(starting.body).toBe('SantaBPF is loading its probes.\n');
    expect((await app.inject({ method: 'HEAD', url: '/-/healthy' })).statusCode).toBe(200);
  });

  it.each(['POST', 'PUT'] as const)('reload on %s with any body', async (method) => {
    const { app, exporter } = await servers.create();
    const bare = await app.inject({ method, url: '/-/reload' });
    expect([bare.statusCode, bare.body]).toEqual([200, 'Reloaded the configuration.\n']);
    const form = await app.inject({
      method,
      url: '/-/reload',
      payload: 'x=1',
      headers: { 'content-type': 'text/odd' },
    });
    expect(form.statusCode).toBe(200);
    expect(exporter.reloads).toBe(2);
  });

  it('answer a reload of a faulty configuration with all faults', async () => {
    const { app, exporter } = await servers.create();
    const one = fault(
      'ARGUMENT_UNKNOWN',
      { argument: 'a', nearest: undefined },
      { location: { file: 'x.yaml', line: 2, column: 1 } },
    );
    const two = fault('ARGUMENT_UNKNOWN', { argument: 'b', nearest: undefined });
    exporter.onReload = async () => {
      throw new Faults([one, two]);
    };
    const response = await app.inject({ method: 'POST', url: '/-/reload' });
    expect(response.statusCode).toBe(500);
    expect(response.body).toBe(`${describeFault(one)}\n\n${describeFault(two)}\n`);
  });

  it('refuse to reload on GET', async () => {
    const { app, exporter } = await servers.create();
    const response = await app.inject('/-/reload');
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('POST, PUT');
    expect(response.body).toBe('/-/reload does not allow GET: use POST or PUT.\n');
    expect(exporter.reloads).toBe(0);
  });

  it.each([
    ['another machine', { remoteAddress: '192.0.2.7' }, 'another machine'],
    ['another machine by IPv6', { remoteAddress: '2001:db8::127.0.0.1' }, 'another machine'],
    ['a proxy', { headers: { 'x-forwarded-for': '192.0.2.7' } }, 'a proxy'],
    ['a web page', { headers: { origin: 'http://localhost:10225' } }, 'a web page'],
    ['a web page without an origin', { headers: { 'sec-fetch-site': 'cross-site' } }, 'a web page'],
  ])('refuse to reload for %s', async (_, request, origin) => {
    const { app, exporter } = await servers.create();
    const response = await app.inject({ method: 'POST', url: '/-/reload', ...request });
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain(`Reload refused: the request comes from ${origin} [RELOAD_REFUSED]`);
    expect(exporter.reloads).toBe(0);
  });

  it('reload for every client with --web.enable-lifecycle, except web pages', async () => {
    const { app } = await servers.create({ enableLifecycle: true });
    const from = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/-/reload', remoteAddress: '192.0.2.7', headers });
    expect((await from({ 'x-forwarded-for': 'x' })).statusCode).toBe(200);
    expect((await from({ origin: 'null' })).statusCode).toBe(403);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('reload for %s', async (remoteAddress) => {
    const { app } = await servers.create();
    expect((await app.inject({ method: 'POST', url: '/-/reload', remoteAddress })).statusCode).toBe(200);
  });
});
