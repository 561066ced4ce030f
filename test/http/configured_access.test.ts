import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../harness/certificates.js';
import { needs } from '../harness/requirements.js';
import { SERVER_CERTIFICATE, SecureServers } from '../harness/secure_servers.js';
import { eventually, pause } from '../harness/waiting.js';

const openssl = needs({ commands: ['openssl'] });

let folder = '';
let prometheus: { cert: string; key: string };
let servers: SecureServers;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-tls-'));
  const authority = new Certificates(folder);
  authority.issue('server');
  prometheus = authority.issue('prometheus', 'DNS:prometheus.example,URI:spiffe://a,IP:10.0.0.1');
  servers = new SecureServers(folder, authority);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => servers.close());

describe('users', openssl, () => {
  const users = `basic_auth_users: { alice: '${hashSync('wonder:land', 4)}' }`;

  it('need no password for health checks', async () => {
    const { url, exporter } = await servers.start(users);
    for (const path of ['/-/healthy', '/-/ready', '/-/ready?x=1']) {
      expect([path, (await servers.ask(url, path)).status]).toEqual([path, 200]);
      expect((await servers.ask(url, path, { method: 'HEAD', auth: 'bob:wrong' })).status).toBe(200);
    }
    exporter.isReady = false;
    expect((await servers.ask(url, '/-/ready')).status).toBe(503);
    for (const path of ['/-/healthy/', '/-/healthy/../metrics', '/-/healthy//', '/-/Healthy']) {
      expect([path, (await servers.ask(url, path)).status]).toEqual([path, 401]);
    }
    expect((await servers.ask(url, '/-/healthy', { method: 'POST' })).status).toBe(401);
  });

  it('need a password on every other path', async () => {
    const { url, exporter } = await servers.start(users);
    const profiles = [
      '/flamegraph',
      '/debug/pprof/',
      '/debug/pprof/profile?seconds=1',
      '/debug/pprof/fgprof?window=5m',
    ];
    for (const path of ['/', '/metrics', '/probes', '/nothing', ...profiles]) {
      const { status, headers, body } = await servers.ask(url, path);
      expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="SantaBPF", charset="UTF-8"']);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(body).toBe('Log in as a user of the web configuration file.\n');
    }
    expect(exporter.scrapes).toBe(0);
    expect((await servers.ask(url, '/metrics', { auth: 'alice:wonder:land' })).body).toBe('# text 1\n');
    for (const auth of ['alice:wonderland', 'alice:', 'bob:wonder:land', ':', 'alice']) {
      expect((await servers.ask(url, '/metrics', { auth })).status).toBe(401);
    }
    for (const authorization of [
      'Bearer x',
      'Basic',
      'Basic %%%',
      `Basic ${Buffer.from('alice').toString('base64')}`,
    ]) {
      expect((await servers.ask(url, '/metrics', { headers: { authorization } })).status).toBe(401);
    }
  });

  it('may reload from any address', async () => {
    const { url, exporter } = await servers.start(users);
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect((await servers.ask(url, '/-/reload', { method: 'POST', headers })).status).toBe(401);
    expect((await servers.ask(url, '/-/reload', { method: 'POST', headers, auth: 'alice:wonder:land' })).status).toBe(
      200,
    );
    expect(exporter.reloads).toBe(1);
  });

  it('follow changes of the file', async () => {
    const { url, lines } = await servers.start('');
    expect((await servers.ask(url)).status).toBe(200);
    servers.configure(users);
    await eventually(() => lines.length === 1);
    expect((await servers.ask(url)).status).toBe(401);
    servers.configure('basic_auth_users: { alice: plain }');
    await eventually(() => lines.length === 2);
    expect((await servers.ask(url)).status).toBe(401);
    expect(lines.map(({ level }) => level)).toEqual([30, 50]);
  });

  it('with a verified certificate may reload too', async () => {
    const policy = 'client_auth_type: VerifyClientCertIfGiven, client_ca_file: authority.crt';
    const { url } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE}, ${policy} }`);
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect((await servers.ask(url, '/-/reload', { method: 'POST', headers })).status).toBe(403);
    expect((await servers.ask(url, '/-/reload', { method: 'POST', headers, ...prometheus })).status).toBe(200);
  });
});

describe('a rate limit', openssl, () => {
  it('refuses requests after a burst, health checks and later requests excepted', async () => {
    const { url } = await servers.start('rate_limit: { interval: 500ms, burst: 3 }');
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await servers.ask(url, '/')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const { headers, body } = await servers.ask(url, '/metrics');
    expect(headers['retry-after']).toBe('1');
    expect(body).toContain('rate limit of the web configuration file');
    expect((await servers.ask(url, '/-/healthy')).status).toBe(200);
    await pause(600);
    expect((await servers.ask(url, '/metrics')).status).toBe(200);
  });

  it('follows changes of the file', async () => {
    const { url, lines } = await servers.start('rate_limit: { interval: 1h, burst: 1 }');
    expect((await servers.ask(url)).status).toBe(200);
    expect((await servers.ask(url)).status).toBe(429);
    servers.configure('rate_limit: { interval: 0, burst: 1 }');
    await eventually(() => lines.length === 1);
    expect((await servers.ask(url)).status).toBe(200);
    expect((await servers.ask(url)).status).toBe(200);
  });

  it('spares the passwords: it is checked first', async () => {
    const { url } = await servers.start(
      `rate_limit: { interval: 1h, burst: 2 }\nbasic_auth_users: { alice: '${hashSync('x', 4)}' }`,
    );
    const ask = async (auth: string) => (await servers.ask(url, '/metrics', { auth })).status;
    expect([await ask('alice:a'), await ask('alice:b'), await ask('alice:x')]).toEqual([401, 401, 429]);
  });
});

describe('headers', openssl, () => {
  it('of the file replace the defaults', async () => {
    const { url } = await servers.start(
      'http_server_config: { headers: { X-Frame-Options: SAMEORIGIN, Strict-Transport-Security: max-age=1 } }',
    );
    for (const path of ['/', '/metrics', '/nothing']) {
      expect((await servers.ask(url, path)).headers).toMatchObject({
        'x-frame-options': 'SAMEORIGIN',
        'strict-transport-security': 'max-age=1',
      });
    }
  });
});

it('refuses to start with a faulty file', openssl, async () => {
  await expect(servers.start('nonsense: 1')).rejects.toThrow(
    'The file: unknown key "nonsense" [WEB_CONFIG_UNKNOWN_KEY]',
  );
});
