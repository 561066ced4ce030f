import { afterEach, describe, expect, it } from 'vitest';
import { HttpServers } from '../harness/http_servers.js';
import { probeStatus } from '../harness/probe_statuses.js';

const servers = new HttpServers();
afterEach(() => servers.close());

describe('what the host does now', () => {
  it('is read of the probes of the page alone, once for all who ask at a time', async () => {
    const { app, exporter } = await servers.create();
    exporter.statuses = ['execs', 'my_own', 'opens'].map((name) => probeStatus({ name }));
    exporter.body = async function* () {
      yield Buffer.from('{"panels":[]}');
    };
    const answers = await Promise.all([app.inject('/live'), app.inject('/live'), app.inject('/live')]);
    for (const { body, headers } of answers) {
      expect(body).toBe('{"panels":[]}');
      expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    }
    expect(exporter.scrapes).toBe(1);
    expect(exporter.renderings).toEqual(['live']);
    expect([...exporter.filters[0]!].sort()).toEqual(['execs', 'opens']);
  });

  it('is tried again after a failure', async () => {
    const { app, exporter } = await servers.create();
    exporter.gate = Promise.reject(new Error('broken'));
    expect((await app.inject('/live')).statusCode).toBe(500);
    exporter.gate = Promise.resolve();
    expect((await app.inject('/live')).statusCode).toBe(200);
  });
});
