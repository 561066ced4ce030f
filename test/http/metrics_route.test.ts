import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';
import { probeStatus } from '../harness/probe_statuses.js';
import { gate, pause } from '../harness/waiting.js';

const servers = new HttpServers();
afterEach(() => servers.close());

describe('the metrics path', () => {
  it('answers in text by default and in OpenMetrics on request', async () => {
    const { app } = await servers.create();
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

  it('compresses on request', async () => {
    const { app } = await servers.create();
    const response = await app.inject({ url: '/metrics', headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(response.rawPayload).toString()).toBe('# text 1\n');
  });

  it('does not read the kernel for HEAD', async () => {
    const { app, exporter } = await servers.create();
    const response = await app.inject({ method: 'HEAD', url: '/metrics' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch('version=0.0.4');
    expect(response.body).toBe('');
    expect(exporter.scrapes).toBe(0);
  });

  describe('with a filter', () => {
    const created = async () => {
      const server = await servers.create();
      server.exporter.statuses = ['execs', 'forks', 'opens'].map((name) => probeStatus({ name }));
      const filtered = async (query: string) => {
        const { statusCode } = await server.app.inject(`/metrics?${query}`);
        const probes = server.exporter.filters.at(-1);
        return [statusCode, probes && [...probes]];
      };
      return { ...server, filtered };
    };

    it.each([
      ['collect[]=opens', ['opens']],
      ['collect%5B%5D=opens&collect%5B%5D=execs', ['execs', 'opens']],
      ['exclude[]=execs', ['forks', 'opens']],
      ['exclude[]=execs&exclude[]=forks&exclude[]=opens', []],
      ['collect=opens', undefined],
    ])('%s', async (query, probes) => {
      const { filtered } = await created();
      expect(await filtered(query)).toEqual([200, probes]);
    });

    it.each([
      ['collect[]=exec', 'Unknown probe "exec" in collect[] [SCRAPE_FILTER]\n  Did you mean "execs"?\n'],
      [
        'exclude[]=',
        'Unknown probe "" in exclude[] [SCRAPE_FILTER]\n  The configured probes are execs, forks, opens.\n',
      ],
      ['collect[]=execs&exclude[]=forks', /^collect\[\] and exclude\[\] cannot be combined/],
    ])('refuses %s, reading nothing', async (query, answer) => {
      const { app, exporter } = await created();
      for (const method of ['GET', 'HEAD'] as const) {
        const { statusCode, body } = await app.inject({ method, url: `/metrics?${query}` });
        expect(statusCode).toBe(400);
        if (method === 'GET') expect(body).toMatch(answer);
      }
      expect(exporter.scrapes).toBe(0);
    });

    it('shares a read only with scrapes of the same probes', async () => {
      const { app, exporter } = await created();
      const { promise, open } = gate();
      exporter.gate = promise;
      const urls = ['/metrics', '/metrics?collect[]=execs', '/metrics?collect[]=execs', '/metrics'];
      const answers = urls.map((url) => app.inject(url));
      await pause(20);
      open();
      const bodies = (await Promise.all(answers)).map(({ body }) => body);
      expect(bodies).toEqual(['# text 1\n', '# text 2\n', '# text 2\n', '# text 1\n']);
      expect(exporter.filters.map((filter) => filter && [...filter])).toEqual([undefined, ['execs']]);
    });
  });

  it('can be changed', async () => {
    const { app } = await servers.create({ telemetryPath: '/m/e.t' });
    expect((await app.inject('/m/e.t')).body).toBe('# text 1\n');
    expect((await app.inject('/metrics')).statusCode).toBe(404);
    expect((await app.inject('/')).body).toContain('href="/m/e.t"');
  });

  it('answers 500 with the reason when the scrape fails', async () => {
    const { app, exporter, lines } = await servers.create();
    exporter.gate = Promise.reject(new Error('closed'));
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(500);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.body).toBe('closed\n');
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'A request failed' }));
  });

  it('refuses scrapes over the limit, and serves again below it', async () => {
    const { app, exporter } = await servers.create({ maxRequests: 2 });
    const { promise, open } = gate();
    exporter.gate = promise;
    const admitted = [app.inject('/metrics'), app.inject('/metrics')];
    await pause(20);
    const refused = await app.inject('/metrics');
    expect(refused.statusCode).toBe(503);
    expect(refused.body).toContain('The limit of 2 concurrent scrapes is reached [SCRAPE_LIMIT]');
    expect((await app.inject('/-/healthy')).statusCode).toBe(200);
    open();
    expect((await Promise.all(admitted)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await app.inject('/metrics')).statusCode).toBe(200);
  });

  it('answers 503 before the scrape timeout of one client, and still serves the others', async () => {
    const { app, exporter } = await servers.create();
    const { promise, open } = gate();
    exporter.gate = promise;
    const patient = app.inject('/metrics');
    const late = await app.inject({ url: '/metrics', headers: { 'x-prometheus-scrape-timeout-seconds': '0.05' } });
    expect(late.statusCode).toBe(503);
    expect(late.body).toContain(
      'Reading the kernel did not finish within the scrape timeout of 0.05 s [SCRAPE_TIMEOUT]',
    );
    open();
    expect((await patient).body).toBe('# text 1\n');
    expect(exporter.scrapes).toBe(1);
  });

  it('gives probes the time that suits the scrape timeout', async () => {
    const { app, exporter } = await servers.create();
    exporter.probeDeadline = (timeoutMs = 9000) => timeoutMs / 3;
    await app.inject('/metrics');
    await app.inject({ url: '/metrics', headers: { 'x-prometheus-scrape-timeout-seconds': '1.5' } });
    expect(exporter.deadlines).toEqual([3000, 500]);
  });

  it.each(['0', '-1', 'soon', '', '1e99'])('ignores a scrape timeout of %j', async (timeout) => {
    const { app } = await servers.create();
    const headers = { 'x-prometheus-scrape-timeout-seconds': timeout };
    expect((await app.inject({ url: '/metrics', headers })).statusCode).toBe(200);
  });
});
