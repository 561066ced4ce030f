import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Faults, fault } from '../../src/errors/fault.js';
import { HttpServer, type ServerOptions } from '../../src/http/server.js';
import { FakeExporter } from '../harness/fake_exporter.js';
import { keptLog } from '../harness/kept_log.js';
import { probeStatus } from '../harness/probe_statuses.js';

async function start(options: Partial<ServerOptions> = {}) {
  const exporter = new FakeExporter();
  const { logger, lines } = keptLog('debug');
  const server = await HttpServer.create(exporter, {
    telemetryPath: '/metrics',
    maxRequests: 40,
    enableLifecycle: false,
    logger,
    ...options,
  });
  return { exporter, server, app: server.app, lines };
}

describe('metrics', () => {
  it('are text by default and OpenMetrics when asked', async () => {
    const { app } = await start();
    const text = await app.inject('/metrics');
    expect(text.statusCode).toBe(200);
    expect(text.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text.headers.vary).toBe('accept, accept-encoding');
    expect(text.body).toBe('# text 1\n');
    const open = await app.inject({
      url: '/metrics?x=1',
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.body).toBe('# openmetrics 2\n');
  });

  it('are compressed when asked', async () => {
    const { app } = await start();
    const response = await app.inject({ url: '/metrics', headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(response.rawPayload).toString()).toBe('# text 1\n');
  });

  it('are not read for HEAD', async () => {
    const { app, exporter } = await start();
    const response = await app.inject({ method: 'HEAD', url: '/metrics' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch('version=0.0.4');
    expect(response.body).toBe('');
    expect(exporter.scrapes).toBe(0);
  });

  it('are where the flag says', async () => {
    const { app } = await start({ telemetryPath: '/m/e.t' });
    expect((await app.inject('/m/e.t')).body).toBe('# text 1\n');
    expect((await app.inject('/metrics')).statusCode).toBe(404);
    expect((await app.inject('/')).body).toContain('href="/m/e.t"');
  });

  it('are 500 with the reason when there is nothing to serve', async () => {
    const { app, exporter, lines } = await start();
    exporter.gate = Promise.reject(new Error('closed'));
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(500);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.body).toBe('closed\n');
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'A request failed' }));
  });

  it('are refused over the limit of scrapes, and served again after', async () => {
    const { app, exporter } = await start({ maxRequests: 2 });
    let open = () => {};
    exporter.gate = new Promise((resolve) => {
      open = resolve;
    });
    const admitted = [app.inject('/metrics'), app.inject('/metrics')];
    await new Promise((resolve) => setTimeout(resolve, 20));
    const refused = await app.inject('/metrics');
    expect(refused.statusCode).toBe(503);
    expect(refused.body).toContain('Expected at most 2 scrapes at the same time but received another [SCRAPE_LIMIT]');
    expect((await app.inject('/-/healthy')).statusCode).toBe(200);
    open();
    expect((await Promise.all(admitted)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await app.inject('/metrics')).statusCode).toBe(200);
  });

  it('are given up before the scraper gives up, without harm to others', async () => {
    const { app, exporter } = await start();
    let open = () => {};
    exporter.gate = new Promise((resolve) => {
      open = resolve;
    });
    const patient = app.inject('/metrics');
    const late = await app.inject({ url: '/metrics', headers: { 'x-prometheus-scrape-timeout-seconds': '0.05' } });
    expect(late.statusCode).toBe(503);
    expect(late.body).toContain('within the scrape timeout of 0.05 s');
    open();
    expect((await patient).body).toBe('# text 1\n');
    expect(exporter.scrapes).toBe(1);
  });

  it.each(['0', '-1', 'soon', '', '1e99'])('take no notice of a scrape timeout of %j', async (timeout) => {
    const { app } = await start();
    const headers = { 'x-prometheus-scrape-timeout-seconds': timeout };
    expect((await app.inject({ url: '/metrics', headers })).statusCode).toBe(200);
  });
});

describe('life cycle', () => {
  it('tells whether it is healthy and ready', async () => {
    const { app, exporter } = await start();
    expect((await app.inject('/-/healthy')).body).toBe('SantaBPF is healthy.\n');
    expect((await app.inject('/-/ready')).statusCode).toBe(200);
    exporter.isReady = false;
    const loading = await app.inject('/-/ready');
    expect(loading.statusCode).toBe(503);
    expect(loading.body).toBe('SantaBPF is loading its probes.\n');
    expect((await app.inject({ method: 'HEAD', url: '/-/healthy' })).statusCode).toBe(200);
  });

  it.each(['POST', 'PUT'] as const)('reloads with %s, whatever the body', async (method) => {
    const { app, exporter } = await start();
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

  it('answers a bad configuration with all its faults', async () => {
    const { app, exporter } = await start();
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
    expect(response.body).toMatch(/^x\.yaml:2:1: Expected a known flag but received "a"[\s\S]*received "b"/);
  });

  it('is not reloaded by GET', async () => {
    const { app, exporter } = await start();
    const response = await app.inject('/-/reload');
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('POST, PUT');
    expect(response.body).toBe('Expected POST or PUT for /-/reload but received GET.\n');
    expect(exporter.reloads).toBe(0);
  });

  it.each([
    ['another machine', { remoteAddress: '192.0.2.7' }, 'one of another machine'],
    ['another machine by IPv6', { remoteAddress: '2001:db8::127.0.0.1' }, 'one of another machine'],
    ['a proxy', { headers: { 'x-forwarded-for': '192.0.2.7' } }, 'one behind a proxy'],
    ['a web page', { headers: { origin: 'http://localhost:10225' } }, 'a web page'],
    ['a web page without an origin', { headers: { 'sec-fetch-site': 'cross-site' } }, 'a web page'],
  ])('is not reloaded by %s', async (_, request, reason) => {
    const { app, exporter } = await start();
    const response = await app.inject({ method: 'POST', url: '/-/reload', ...request });
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain(`Expected a client that may reload but received ${reason} [RELOAD_REFUSED]`);
    expect(exporter.reloads).toBe(0);
  });

  it('is reloaded by all with --web.enable-lifecycle, but not by web pages', async () => {
    const { app } = await start({ enableLifecycle: true });
    const from = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/-/reload', remoteAddress: '192.0.2.7', headers });
    expect((await from({ 'x-forwarded-for': 'x' })).statusCode).toBe(200);
    expect((await from({ origin: 'null' })).statusCode).toBe(403);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('is reloaded from %s', async (remoteAddress) => {
    const { app } = await start();
    expect((await app.inject({ method: 'POST', url: '/-/reload', remoteAddress })).statusCode).toBe(200);
  });
});

describe('status', () => {
  it('is JSON at /probes', async () => {
    const { app, exporter } = await start();
    const response = await app.inject('/probes');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.json()).toEqual({ version: exporter.version, ready: true, probes: exporter.statuses });
    expect(exporter.scrapes).toBe(0);
  });

  it('is a page at / that no text of a probe can change', async () => {
    const { app, exporter } = await start();
    const hostile = '</td><script>alert(1)</script><img src=x onerror="alert(1)">';
    const programs = probeStatus().programs.flatMap((program) => [program, { ...program, name: hostile }]);
    exporter.statuses = [
      probeStatus(),
      probeStatus({
        name: hostile,
        summary: hostile,
        reason: { code: hostile, message: hostile, remedy: hostile },
        programs,
        maps: [{ name: hostile, type: 'hash', entries: 1, maxEntries: 2, lost: 1 }],
      }),
    ];
    const { body, headers } = await app.inject('/');
    expect(body).not.toMatch(/<script|<img|<\/td><s/i);
    expect(body).toContain('&lt;script&gt;');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; img-src data:;/);
    expect(body.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]* (?:style|on\w+)=/);
    expect(body).toContain('12 of 1,024');
    expect(body).toContain('250 ns a run');
  });

  it('shows probes that are down or not yet scraped', async () => {
    const { app, exporter } = await start();
    const { lastScrape: _, ...unread } = probeStatus({ state: 'up', programs: [], maps: [], metrics: [] });
    exporter.statuses = [
      unread,
      { ...unread, state: 'down', reason: { code: 'X', message: 'It broke', remedy: 'Mend it' } },
    ];
    exporter.isReady = false;
    const { body } = await app.inject('/');
    expect(body).toContain('1 of 2');
    expect(body).toContain('loading, 1 down');
    expect(body).toMatch(/It broke <code>X<\/code>.*Mend it/);
    exporter.statuses = [];
    expect((await app.inject('/')).statusCode).toBe(200);
  });
});

describe('every answer', () => {
  it.each(['/', '/metrics', '/nothing', '/%ff'])('has the headers that protect a browser: %s', async (url) => {
    const { app } = await start();
    const { headers } = await app.inject(url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  });

  it('is a hint where nothing is', async () => {
    const { app } = await start();
    const { statusCode, body } = await app.inject('/metric');
    expect(statusCode).toBe(404);
    expect(body).toBe('There is nothing here. The pages are /, /-/healthy, /-/ready, /-/reload, /metrics, /probes.\n');
    expect((await app.inject('/%ff')).statusCode).toBe(400);
  });

  it.each([
    ['POST', '/metrics'],
    ['DELETE', '/'],
    ['OPTIONS', '/probes'],
  ] as const)('refuses %s %s and names the methods', async (method, url) => {
    const { app } = await start();
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
  });

  it('is logged at debug', async () => {
    const { app, lines } = await start();
    await app.inject('/nothing');
    expect(lines).toContainEqual(expect.objectContaining({ level: 20, url: '/nothing', status: 404, msg: 'Answered' }));
  });
});
