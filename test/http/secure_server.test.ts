import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/http/limits.js';
import { Certificates } from '../harness/certificates.js';
import { clientHello } from '../harness/client_hello.js';
import { needs } from '../harness/requirements.js';
import { CHECK_INTERVAL_MS, SERVER_CERTIFICATE, SecureServers } from '../harness/secure_servers.js';
import { eventually } from '../harness/waiting.js';

const openssl = needs({ commands: ['openssl'] });

let folder = '';
let authority: Certificates;
let prometheus: { cert: string; key: string };
let stranger: { cert: string; key: string };
let servers: SecureServers;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-tls-'));
  authority = new Certificates(folder);
  authority.issue('server');
  prometheus = authority.issue('prometheus', 'DNS:prometheus.example,URI:spiffe://a,IP:10.0.0.1');
  stranger = new Certificates(folder, 'other_authority').issue('stranger', 'DNS:prometheus.example');
  servers = new SecureServers(folder, authority);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => servers.close());

describe('TLS', openssl, () => {
  it('serves the configured certificate', async () => {
    const { url } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE} }`);
    expect(url.protocol).toBe('https:');
    const { status, body, certificate } = await servers.ask(url);
    expect([status, body, certificate?.subject.CN]).toEqual([200, '# text 1\n', 'server']);
    await expect(servers.ask(new URL(`http://${url.host}`))).rejects.toThrow();
  });

  it.each([
    ['min_version: TLS13', { maxVersion: 'TLSv1.2' as const }],
    ['max_version: TLS12', { minVersion: 'TLSv1.3' as const }],
    [
      'max_version: TLS12, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]',
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    ],
    ['curve_preferences: [CurveP384]', { ecdhCurve: 'P-256' }],
  ])('enforces %s', async (setting, client) => {
    const { url } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE}, ${setting} }`);
    await expect(servers.ask(url, '/metrics', client)).rejects.toThrow();
    expect((await servers.ask(url)).status).toBe(200);
  });

  const policies: [policy: string, none: boolean, verified: boolean, unverified: boolean][] = [
    ['NoClientCert', true, true, true],
    ['RequestClientCert', true, true, true],
    ['RequireAnyClientCert', false, true, true],
    ['VerifyClientCertIfGiven, client_ca_file: authority.crt', true, true, false],
    ['RequireAndVerifyClientCert, client_ca_file: authority.crt', false, true, false],
    [
      'RequireAndVerifyClientCert, client_ca_file: authority.crt, client_allowed_sans: [x, prometheus.example]',
      false,
      true,
      false,
    ],
    [
      'RequireAndVerifyClientCert, client_ca_file: authority.crt, client_allowed_sans: ["spiffe://a"]',
      false,
      true,
      false,
    ],
    ['RequireAndVerifyClientCert, client_ca_file: authority.crt, client_allowed_sans: [10.0.0.1]', false, true, false],
    [
      'RequireAndVerifyClientCert, client_ca_file: authority.crt, client_allowed_sans: [prometheus]',
      false,
      false,
      false,
    ],
  ];
  it.each(policies)('admits clients by the policy %s', async (policy, none, verified, unverified) => {
    const { url } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE}, client_auth_type: ${policy} }`);
    const admitted = (client: RequestOptions) =>
      servers.ask(url, '/metrics', client).then(
        ({ status }) => status === 200,
        () => false,
      );
    expect([await admitted({}), await admitted(prometheus), await admitted(stranger)]).toEqual([
      none,
      verified,
      unverified,
    ]);
  });

  it('uses a rotated certificate for the next connection, and keeps the old one while the new one is unusable', async () => {
    const { url, lines } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE} }`);
    expect((await servers.ask(url)).certificate?.subject.CN).toBe('server');
    authority.issue('next');
    copyFileSync(join(folder, 'next.crt'), join(folder, 'server.crt'));
    await eventually(() => lines.length === 1);
    expect((await servers.ask(url)).certificate?.subject.CN).toBe('server');
    expect(lines.filter(({ level }) => level === 50)).toEqual([
      expect.objectContaining({ code: 'WEB_CONFIG_INVALID' }),
    ]);
    copyFileSync(join(folder, 'next.key'), join(folder, 'server.key'));
    await eventually(() => lines.length === 2);
    expect((await servers.ask(url)).certificate?.subject.CN).toBe('next');
    expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'Reloaded the web configuration' });
    authority.issue('server');
  });

  it.each([
    ['{}', 'TLS was turned off'],
    [`tls_server_config: { ${SERVER_CERTIFICATE}, client_auth_type: RequestClientCert }`, 'client_auth_type changed'],
  ])('stays as it is when the file becomes %s', async (text, change) => {
    const { url, lines } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE} }`);
    const file = servers.configure(text);
    await eventually(() => lines.length === 1);
    expect((await servers.ask(url)).status).toBe(200);
    expect(lines).toEqual([
      expect.objectContaining({
        code: 'WEB_CONFIG_NEEDS_RESTART',
        msg: `Cannot apply "${file}" without a restart: ${change}`,
      }),
    ]);
  });

  it('is not turned on while the server runs', async () => {
    const { url, lines } = await servers.start('');
    const file = servers.configure(`tls_server_config: { ${SERVER_CERTIFICATE} }`);
    await eventually(() => lines.length === 1);
    expect((await servers.ask(url)).status).toBe(200);
    // Several checks later it is still said once.
    await sleep(10 * CHECK_INTERVAL_MS);
    expect(lines.map(({ msg }) => msg)).toEqual([`Cannot apply "${file}" without a restart: TLS was turned on`]);
  });

  it('asks for passwords while its file is written anew in place', async () => {
    const users = 'basic_auth_users: { prometheus: $2y$04$VLWDnbA5sEBK4J4sCKQTyOtnqXhjmGcDDkD4/xEQ1ibBwqJSWjCHC }';
    const interval = 10 * CHECK_INTERVAL_MS;
    const { url } = await servers.start(users, interval);
    const file = servers.configure(users);
    let seen = 0;
    for (let round = 0; round < 40 && seen < 3; round++) {
      const begin = performance.now();
      writeFileSync(file, '');
      await sleep(interval * 0.6);
      const { status } = await servers.ask(url);
      // On a busy machine two checks may have seen the file: then it is meant to be empty.
      if (performance.now() - begin < interval * 0.75) {
        expect(status).toBe(401);
        seen++;
      }
      writeFileSync(file, users);
      await sleep(interval);
    }
    expect(seen).toBeGreaterThan(0);
  });
});

describe('a handshake that never finishes', openssl, () => {
  it('is ended', async () => {
    const limits: { -readonly [name in keyof typeof LIMITS]: number } = LIMITS;
    const usual = { ...LIMITS };
    limits.headersMs = 100;
    limits.checkMs = 20;
    try {
      const { url } = await servers.start(`tls_server_config: { ${SERVER_CERTIFICATE} }`);
      const socket = connect(Number(url.port), '127.0.0.1').on('error', () => {});
      socket.write((await clientHello()).subarray(0, 100));
      await once(socket.resume(), 'close');
    } finally {
      Object.assign(limits, usual);
    }
  });
});
