import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { hashSync } from 'bcryptjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpServer } from '../../src/http/server.js';
import { Certificates } from '../harness/certificates.js';
import { FakeExporter } from '../harness/fake_exporter.js';
import { keptLog } from '../harness/kept_log.js';
import { needs } from '../harness/requirements.js';

const openssl = needs({ commands: ['openssl'] });

let folder = '';
let authority: Certificates;
let prometheus: { cert: string; key: string };
let stranger: { cert: string; key: string };
const servers: HttpServer[] = [];
let writes = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-tls-'));
  authority = new Certificates(folder);
  authority.issue('server');
  prometheus = authority.issue('prometheus', 'DNS:prometheus.example,URI:spiffe://a,IP:10.0.0.1');
  stranger = new Certificates(folder, 'other_authority').issue('stranger', 'DNS:prometheus.example');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

const TLS = 'cert_file: server.crt, key_file: server.key';
const configure = (text: string): string => {
  const file = join(folder, 'web.yaml');
  writeFileSync(file, text);
  // A new time in any case: two writes in one tick of the clock of a file system would look alike.
  utimesSync(file, new Date(), new Date(1e12 + 1000 * ++writes));
  return file;
};

async function start(text: string) {
  const exporter = new FakeExporter();
  const { logger, lines } = keptLog();
  const server = await HttpServer.create(exporter, {
    telemetryPath: '/metrics',
    maxRequests: 40,
    enableLifecycle: false,
    logger,
    configFile: configure(text),
  });
  servers.push(server);
  const [url] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
  return { exporter, url: new URL(url!), lines };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, unknown>;
  readonly certificate: PeerCertificate | undefined;
}

function ask(url: URL, path = '/metrics', options: RequestOptions = {}): Promise<Answer> {
  const make = url.protocol === 'https:' ? request : plainRequest;
  return new Promise((resolve, reject) => {
    const asked = make(new URL(path, url), { agent: false, ca: authority.authority, ...options }, (response) => {
      const { socket } = response;
      const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers, certificate }),
      );
      response.on('error', reject);
    });
    asked.on('error', reject).end();
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('TLS', openssl, () => {
  it('serves with the certificate', async () => {
    const { url } = await start(`tls_server_config: { ${TLS} }`);
    expect(url.protocol).toBe('https:');
    const { status, body, certificate } = await ask(url);
    expect([status, body, certificate?.subject.CN]).toEqual([200, '# text 1\n', 'server']);
    await expect(ask(new URL(`http://${url.host}`))).rejects.toThrow();
  });

  it.each([
    ['min_version: TLS13', { maxVersion: 'TLSv1.2' as const }],
    ['max_version: TLS12', { minVersion: 'TLSv1.3' as const }],
    [
      'max_version: TLS12, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]',
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    ],
    ['curve_preferences: [CurveP384]', { ecdhCurve: 'P-256' }],
  ])('keeps to %s', async (setting, client) => {
    const { url } = await start(`tls_server_config: { ${TLS}, ${setting} }`);
    await expect(ask(url, '/metrics', client)).rejects.toThrow();
    expect((await ask(url)).status).toBe(200);
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
  it.each(policies)('asks clients as %s says', async (policy, none, verified, unverified) => {
    const { url } = await start(`tls_server_config: { ${TLS}, client_auth_type: ${policy} }`);
    const admitted = (client: RequestOptions) =>
      ask(url, '/metrics', client).then(
        ({ status }) => status === 200,
        () => false,
      );
    expect([await admitted({}), await admitted(prometheus), await admitted(stranger)]).toEqual([
      none,
      verified,
      unverified,
    ]);
  });

  it('takes a certificate that was rotated for the next connection, and keeps the old one while the new is no use', async () => {
    const { url, lines } = await start(
      `tls_server_config: { ${TLS.replaceAll('server', 'rotated')} }`.replace(/rotated/g, 'server'),
    );
    expect((await ask(url)).certificate?.subject.CN).toBe('server');
    authority.issue('next');
    copyFileSync(join(folder, 'next.crt'), join(folder, 'server.crt'));
    await pause(1100);
    expect((await ask(url)).certificate?.subject.CN).toBe('server');
    expect(lines.filter(({ level }) => level === 50)).toEqual([
      expect.objectContaining({ code: 'WEB_CONFIG_INVALID' }),
    ]);
    copyFileSync(join(folder, 'next.key'), join(folder, 'server.key'));
    await pause(1100);
    expect((await ask(url)).certificate?.subject.CN).toBe('next');
    expect(lines.at(-1)).toMatchObject({ level: 30, msg: 'Read the web configuration again' });
    authority.issue('server');
  });

  it('does not turn itself off', async () => {
    const { url, lines } = await start(`tls_server_config: { ${TLS} }`);
    configure('{}');
    await pause(1100);
    expect((await ask(url)).status).toBe(200);
    expect(lines).toEqual([expect.objectContaining({ code: 'WEB_CONFIG_NEEDS_RESTART' })]);
  });
});

describe('users', openssl, () => {
  const users = `basic_auth_users: { alice: '${hashSync('wonder:land', 4)}' }`;

  it('are asked for their password, everywhere', async () => {
    const { url, exporter } = await start(users);
    for (const path of ['/', '/metrics', '/probes', '/-/healthy', '/nothing']) {
      const { status, headers, body } = await ask(url, path);
      expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="SantaBPF", charset="UTF-8"']);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(body).toBe('Expected the name and password of a user of the web configuration file.\n');
    }
    expect(exporter.scrapes).toBe(0);
    expect((await ask(url, '/metrics', { auth: 'alice:wonder:land' })).body).toBe('# text 1\n');
    for (const auth of ['alice:wonderland', 'alice:', 'bob:wonder:land', ':', 'alice']) {
      expect((await ask(url, '/metrics', { auth })).status).toBe(401);
    }
    for (const authorization of [
      'Bearer x',
      'Basic',
      'Basic %%%',
      `Basic ${Buffer.from('alice').toString('base64')}`,
    ]) {
      expect((await ask(url, '/metrics', { headers: { authorization } })).status).toBe(401);
    }
  });

  it('may reload from anywhere', async () => {
    const { url, exporter } = await start(users);
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect((await ask(url, '/-/reload', { method: 'POST', headers })).status).toBe(401);
    expect((await ask(url, '/-/reload', { method: 'POST', headers, auth: 'alice:wonder:land' })).status).toBe(200);
    expect(exporter.reloads).toBe(1);
  });

  it('come and go with the file', async () => {
    const { url, lines } = await start('');
    expect((await ask(url)).status).toBe(200);
    configure(users);
    await pause(1100);
    expect((await ask(url)).status).toBe(401);
    configure('basic_auth_users: { alice: plain }');
    await pause(1100);
    expect((await ask(url)).status).toBe(401);
    expect(lines.map(({ level }) => level)).toEqual([30, 50]);
  });

  it('with a verified certificate may reload as well', async () => {
    const policy = 'client_auth_type: VerifyClientCertIfGiven, client_ca_file: authority.crt';
    const { url } = await start(`tls_server_config: { ${TLS}, ${policy} }`);
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect((await ask(url, '/-/reload', { method: 'POST', headers })).status).toBe(403);
    expect((await ask(url, '/-/reload', { method: 'POST', headers, ...prometheus })).status).toBe(200);
  });
});

describe('headers', openssl, () => {
  it('of the file take the place of ours', async () => {
    const { url } = await start(
      'http_server_config: { headers: { X-Frame-Options: SAMEORIGIN, Strict-Transport-Security: max-age=1 } }',
    );
    for (const path of ['/', '/metrics', '/nothing']) {
      expect((await ask(url, path)).headers).toMatchObject({
        'x-frame-options': 'SAMEORIGIN',
        'strict-transport-security': 'max-age=1',
      });
    }
  });
});

it('refuses to start with a file it cannot use', openssl, async () => {
  await expect(start('nonsense: 1')).rejects.toThrow('Expected one of tls_server_config');
});
