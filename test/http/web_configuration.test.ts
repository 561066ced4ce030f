import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Faults, type SantaError } from '../../src/errors/fault.js';
import { readWebConfiguration } from '../../src/http/web_configuration.js';
import { Certificates } from '../harness/certificates.js';
import { needs } from '../harness/requirements.js';

const HASH = '$2b$10$abcdefghijklmnopqrstuuJyz9Y4nrUCGr9tlFPvjWyPWXcyMoRWq';
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'santabpf-web-'));
  const certificates = new Certificates(folder);
  certificates.issue('server');
  certificates.issue('other');
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  writeFileSync(join(folder, 'web.yaml'), text);
  return readWebConfiguration(join(folder, 'web.yaml'));
};
const faultsOf = (text: string): readonly SantaError[] => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Faults) return error.faults;
    throw error;
  }
  return [];
};
const FORMAT = 'docs/operations.md shows the format of the web configuration file.';
const UNREADABLE =
  'Check the permissions of the file and its path: --web.config.file, or a path in that file, relative to its folder.';
const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key';

describe('readWebConfiguration', needs({ commands: ['openssl'] }), () => {
  it('reads every setting of the format', () => {
    const configuration = read(`
tls_server_config:
  cert_file: server.crt
  key_file: ${folder}/server.key
  client_ca_file: authority.crt
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [prometheus.example]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers: { X-Frame-Options: SAMEORIGIN, Strict-Transport-Security: max-age=31536000 }
basic_auth_users:
  prometheus: ${HASH}
  "7": ${HASH}
`);
    expect(configuration.tls).toEqual({
      context: {
        cert: expect.stringContaining('BEGIN CERTIFICATE'),
        key: expect.stringContaining('PRIVATE KEY'),
        ca: expect.stringContaining('BEGIN CERTIFICATE'),
        ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256',
        ecdhCurve: 'P-256:X25519',
        minVersion: 'TLSv1.3',
        maxVersion: 'TLSv1.3',
        honorCipherOrder: false,
      },
      clientAuth: 'RequireAndVerifyClientCert',
      allowedNames: ['prometheus.example'],
    });
    expect(configuration.headers).toEqual({
      'x-frame-options': 'SAMEORIGIN',
      'strict-transport-security': 'max-age=31536000',
    });
    expect([...configuration.users.keys()].sort()).toEqual(['7', 'prometheus']);
    expect(configuration.files).toEqual(
      ['web.yaml', 'server.crt', 'server.key', 'authority.crt'].map((name) => join(folder, name)),
    );
  });

  it.each(['', '# nothing', 'basic_auth_users:', '{}'])('reads %j as an empty configuration', (text) => {
    expect(read(text)).toMatchObject({ headers: {}, users: new Map() });
  });

  it.each([
    ['tls_server_confg: {}', '1:1', 'The file: unknown key "tls_server_confg"', 'Did you mean "tls_server_config"?'],
    [`${TLS}, cert_fil: x }`, '1:67', 'tls_server_config: unknown key "cert_fil"', 'Did you mean "cert_file"?'],
    ['tls_server_config: {}', '1:20', 'tls_server_config: cert_file is missing'],
    [
      `${TLS}, min_version: TLS14 }`,
      '1:80',
      'tls_server_config.min_version: must be one of TLS10, TLS11, TLS12, TLS13, not "TLS14"',
    ],
    [
      `${TLS}, min_version: TLS13, max_version: TLS12 }`,
      '1:100',
      'tls_server_config.max_version: must be at least min_version (TLS13), not TLS12',
    ],
    [
      `${TLS}, client_auth_type: Sometimes }`,
      '1:85',
      'tls_server_config.client_auth_type: must be one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert, not "Sometimes"',
    ],
    [
      `${TLS}, client_auth_type: RequireAndVerifyClientCert }`,
      '1:20',
      'tls_server_config: client_auth_type RequireAndVerifyClientCert requires client_ca_file',
    ],
    [
      `${TLS}, client_ca_file: authority.crt }`,
      '1:20',
      'tls_server_config.client_auth_type: NoClientCert ignores the client CA',
      'Set client_auth_type: RequireAndVerifyClientCert, or remove the client CA.',
    ],
    [
      `${TLS}, client_allowed_sans: [a] }`,
      '1:88',
      'tls_server_config.client_allowed_sans: not allowed with client_auth_type NoClientCert',
      'Set client_auth_type: RequireAndVerifyClientCert, or remove client_allowed_sans.',
    ],
    [
      `${TLS}, cipher_suites: [RC4] }`,
      '1:82',
      'tls_server_config.cipher_suites: unknown name "RC4"',
      expect.stringMatching(/^Known names are TLS_AES_128_GCM_SHA256, .*_SHA256\.$/),
    ],
    [
      `${TLS}, curve_preferences: [curve-p256] }`,
      '1:86',
      'tls_server_config.curve_preferences: unknown name "curve-p256"',
      'Did you mean "CurveP256"?',
    ],
    [
      `${TLS}, cipher_suites: TLS_AES_128_GCM_SHA256 }`,
      '1:82',
      'tls_server_config.cipher_suites: must be a list of text, not "TLS_AES_128_GCM_SHA256"',
    ],
    [`${TLS}, cert: x }`, '1:73', 'tls_server_config.cert: not allowed together with cert_file'],
    [`${TLS}, client_ca: 7 }`, '1:78', 'tls_server_config.client_ca: must be non-empty text, not 7'],
    [
      'tls_server_config: { cert_file: server.crt, key_file: other.key }',
      '1:20',
      expect.stringMatching(/^tls_server_config: cannot use the certificate and private key: .*key values mismatch/),
      'Both must be PEM, and the key must belong to the certificate.',
    ],
    [
      'tls_server_config: { cert_file: absent.crt, key_file: server.key }',
      '1:33',
      'Cannot read "FOLDER/absent.crt": it does not exist',
      UNREADABLE,
    ],
    ['tls_server_config: 7', '1:20', 'tls_server_config: must be a mapping, not 7'],
    ['http_server_config: { http2: maybe }', '1:30', 'http_server_config.http2: must be true or false, not "maybe"'],
    [
      'http_server_config: { headers: { X-Other: x } }',
      '1:34',
      'http_server_config.headers: unknown key "X-Other"',
      expect.stringMatching(/^Known keys are Content-Security-Policy, /),
    ],
    [
      'http_server_config: { headers: { X-Frame-Options: "a\\nb" } }',
      '1:51',
      'http_server_config.headers.X-Frame-Options: must be one line of printable ASCII',
    ],
    [
      'basic_auth_users: { alice: secret }',
      '1:28',
      'basic_auth_users.alice: must be a bcrypt hash of cost 4 to 16',
      'Make one with: htpasswd -nBC 10 ""',
    ],
    [
      `basic_auth_users: { alice: ${HASH.replace('$10$', '$31$')} }`,
      '1:28',
      'basic_auth_users.alice: must be a bcrypt hash of cost 4 to 16',
      'Make one with: htpasswd -nBC 10 ""',
    ],
    [
      'rate_limit: { interval: 5, burst: 1 }',
      '1:25',
      'rate_limit.interval: must be a duration such as 500ms or 1m30s, or 0 for no limit',
    ],
    ['rate_limit: { interval: 1s, burst: 1.5 }', '1:36', 'rate_limit.burst: must be a whole number of requests'],
    [
      'rate_limit: { interval: 1s }',
      '1:13',
      'rate_limit: `burst` is missing or 0: every request would be refused',
      'Add the number of requests that may come at once.',
    ],
    [
      'rate_limit: { intervall: 1s, burst: 1 }',
      '1:15',
      'rate_limit: unknown key "intervall"',
      'Did you mean "interval"?',
    ],
    ['- a', '1:1', 'The file: must be a mapping, not a list'],
  ])('refuses %j', (text, place, message, remedy: unknown = FORMAT) => {
    const [first] = faultsOf(text);
    const { line, column } = first!.location!;
    expect(`${line}:${column}`).toBe(place);
    expect(first!.message).toEqual(typeof message === 'string' ? message.replace('FOLDER', folder) : message);
    expect(first!.remedy).toEqual(remedy);
  });

  it.each([
    ['a: [', '1:5', 'CONFIG_SYNTAX'],
    ['basic_auth_users: *nobody', '1:19', 'CONFIG_SYNTAX'],
    ['basic_auth_users: {}\nbasic_auth_users: {}', '2:1', 'CONFIG_DUPLICATE_KEY'],
  ])('refuses %j, as every configuration file does', (text, place, code) => {
    const [first] = faultsOf(text);
    expect(first).toMatchObject({ code });
    expect(`${first!.location!.line}:${first!.location!.column}`).toBe(place);
  });

  it('describes a fault with its place, a caret and a remedy', () => {
    expect(() => read(`${TLS}, min_version: TLS14 }`)).toThrow(
      `${folder}/web.yaml:1:80: tls_server_config.min_version: must be one of TLS10, TLS11, TLS12, TLS13, not "TLS14" [WEB_CONFIG_INVALID]
  ${TLS}, min_version: TLS14 }
  ${' '.repeat(79)}^
  ${FORMAT}`,
    );
  });

  it.each([
    ['rate_limit: { interval: 1m30s, burst: 20 }', { intervalMs: 90_000, burst: 20 }],
    ['rate_limit: { interval: 0, burst: 20 }', undefined],
    ['rate_limit: { burst: 20 }', undefined],
    ['rate_limit:', undefined],
  ])('%s', (text, limit) => {
    expect(read(text).rateLimit).toEqual(limit);
  });

  it('never quotes a value that may be a password', () => {
    const [fault] = faultsOf('basic_auth_users: { alice: secret }');
    expect(`${fault!.message} ${fault!.remedy}`).not.toContain('secret');
  });

  it('reports all faults at once', () => {
    expect(
      faultsOf('nonsense: 1\nbasic_auth_users: { a: b, c: d }\nhttp_server_config: { headers: { Y: z } }'),
    ).toHaveLength(4);
  });

  it.each(['web.yaml', 'server.crt'])('refuses a pipe as %s, without waiting for its writer', (name) => {
    const other = mkdtempSync(join(folder, 'pipe-'));
    writeFileSync(join(other, 'web.yaml'), `${TLS} }`);
    rmSync(join(other, name), { force: true });
    execFileSync('mkfifo', [join(other, name)]);
    const reason = `Cannot read "${join(other, name)}": it is a device or a pipe, not a regular file`;
    expect(() => readWebConfiguration(join(other, 'web.yaml'))).toThrow(reason);
  });

  it.each(['web.yaml', 'server.crt'])('reads at most 1 MiB of %s', (name) => {
    const other = mkdtempSync(join(folder, 'large-'));
    const fill = (text: string, bytes: number) => `${text}\n#${'x'.repeat(bytes - text.length - 2)}`;
    const write = (bytes: number) => {
      writeFileSync(join(other, 'web.yaml'), `${TLS} }`);
      for (const file of ['server.crt', 'server.key']) copyFileSync(join(folder, file), join(other, file));
      writeFileSync(join(other, name), fill(readFileSync(join(other, name), 'latin1'), bytes));
    };
    write(1 << 20);
    expect(readWebConfiguration(join(other, 'web.yaml')).tls?.clientAuth).toBe('NoClientCert');
    write((1 << 20) + 1);
    const reason = `Cannot read "${join(other, name)}": it is larger than 1 MiB`;
    expect(() => readWebConfiguration(join(other, 'web.yaml'))).toThrow(reason);
  });

  it('names a file that does not exist', () => {
    const path = join(folder, 'absent.yaml');
    expect(() => readWebConfiguration(path)).toThrow(`Cannot read "${path}": it does not exist`);
  });
});
