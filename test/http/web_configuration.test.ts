import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Faults } from '../../src/errors/fault.js';
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
const refusals = (text: string): string[] => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Faults)
      return error.faults.map(({ location, message }) => `${location?.line}:${location?.column} ${message}`);
    throw error;
  }
  return [];
};
const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key';

describe('readWebConfiguration', needs({ commands: ['openssl'] }), () => {
  it('reads everything the format has', () => {
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

  it.each(['', '# nothing', 'basic_auth_users:', '{}'])('takes %j for no configuration', (text) => {
    expect(read(text)).toMatchObject({ headers: {}, users: new Map() });
  });

  it.each([
    [
      'tls_server_confg: {}',
      '1:1',
      'one of tls_server_config, http_server_config, basic_auth_users for a key of the file but received "tls_server_confg"',
    ],
    [`${TLS}, cert_fil: x }`, '1:67', 'received "cert_fil"'],
    ['tls_server_config: {}', '1:20', 'Expected a certificate (cert_file) for tls_server_config but received none'],
    [
      `${TLS}, min_version: TLS14 }`,
      '1:80',
      'Expected one of TLS10, TLS11, TLS12, TLS13 for tls_server_config.min_version but received "TLS14"',
    ],
    [`${TLS}, min_version: TLS13, max_version: TLS12 }`, '1:100', 'Expected at least TLS13'],
    [`${TLS}, client_auth_type: Sometimes }`, '1:85', 'Expected one of NoClientCert'],
    [
      `${TLS}, client_auth_type: RequireAndVerifyClientCert }`,
      '1:20',
      'Expected client_ca_file, since client_auth_type is',
    ],
    [
      `${TLS}, client_ca_file: authority.crt }`,
      '1:20',
      'since there is a client CA, for tls_server_config.client_auth_type but received "NoClientCert"',
    ],
    [`${TLS}, client_allowed_sans: [a] }`, '1:88', 'a client_auth_type that verifies'],
    [`${TLS}, cipher_suites: [RC4] }`, '1:82', 'names among TLS_AES_128_GCM_SHA256'],
    [`${TLS}, cipher_suites: TLS_AES_128_GCM_SHA256 }`, '1:82', 'Expected a list of texts'],
    [`${TLS}, cert: x }`, '1:73', 'Expected only one of cert and cert_file'],
    [
      'tls_server_config: { cert_file: server.crt, key_file: other.key }',
      '1:20',
      'Expected a certificate and its private key in PEM',
    ],
    [
      'tls_server_config: { cert_file: absent.crt, key_file: server.key }',
      '1:33',
      `Expected a readable file at "FOLDER/absent.crt" but received ENOENT`,
    ],
    ['tls_server_config: 7', '1:20', 'Expected a table of names and values for tls_server_config but received 7'],
    ['http_server_config: { http2: maybe }', '1:30', 'Expected true or false'],
    ['http_server_config: { headers: { X-Other: x } }', '1:34', 'received "X-Other"'],
    ['http_server_config: { headers: { X-Frame-Options: "a\\nb" } }', '1:51', 'Expected one line of printable ASCII'],
    [
      'basic_auth_users: { alice: secret }',
      '1:28',
      'Expected a bcrypt hash of cost 4 to 16 (htpasswd -nBC 10 "") for basic_auth_users.alice but received "something else"',
    ],
    [`basic_auth_users: { alice: ${HASH.replace('$10$', '$31$')} }`, '1:28', 'cost 4 to 16'],
    ['- a', '1:1', 'Expected a table of names and values for the file but received ["a"]'],
    ['a: [', '1:5', 'Expected YAML for the file'],
    ['basic_auth_users: *nobody', '1:1', 'Expected YAML for the file'],
  ])('refuses %j', (text, place, sentence) => {
    const [first = ''] = refusals(text);
    expect(first).toContain(sentence.replace('FOLDER', folder));
    expect(first.split(' ')[0]).toBe(place);
  });

  it('never repeats what may be a password', () => {
    expect(refusals('basic_auth_users: { alice: secret }').join()).not.toContain('"secret"');
  });

  it('tells all faults at once', () => {
    expect(
      refusals('nonsense: 1\nbasic_auth_users: { a: b, c: d }\nhttp_server_config: { headers: { Y: z } }'),
    ).toHaveLength(4);
  });

  it('names a file that is not there', () => {
    expect(() => readWebConfiguration(join(folder, 'absent.yaml'))).toThrow('absent.yaml" but received ENOENT');
  });
});
