import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';

const servers = new HttpServers();
afterEach(() => servers.close());

describe('every answer', () => {
  it.each(['/', '/metrics', '/nothing', '/%ff'])('has the security headers: %s', async (url) => {
    const { app } = await servers.create();
    const { headers } = await app.inject(url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  });

  it('lists the paths when none matches', async () => {
    const { app } = await servers.create();
    const { statusCode, body } = await app.inject('/metric');
    expect(statusCode).toBe(404);
    expect(body).toBe(
      'Not found. The paths are /, /-/healthy, /-/ready, /-/reload, ' +
        '/debug/pprof/, /debug/pprof/fgprof, /debug/pprof/profile, /flamegraph, /live, /metrics, /probes.\n',
    );
    const undecodable = await app.inject('/%ff');
    expect([undecodable.statusCode, undecodable.body]).toEqual([400, 'The path is not valid percent-encoding.\n']);
  });

  it.each([
    ['POST', '/metrics'],
    ['DELETE', '/'],
    ['OPTIONS', '/probes'],
  ] as const)('refuses %s %s and names the allowed methods', async (method, url) => {
    const { app } = await servers.create();
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
  });

  it('is logged at debug', async () => {
    const { app, lines } = await servers.create({}, 'debug');
    await app.inject('/nothing');
    expect(lines).toContainEqual(expect.objectContaining({ level: 20, url: '/nothing', status: 404, msg: 'Answered' }));
  });
});
