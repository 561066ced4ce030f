import { createSecureContext, type SecureContextOptions } from 'node:tls';
import {
  CIPHER_SUITES,
  CLIENT_AUTH_TYPES,
  type ClientAuthType,
  CURVES,
  TLS_VERSIONS,
  type TlsConfiguration,
  verifiesClients,
} from './tls_options.js';
import type { WebSettings } from './web_settings.js';

/** The keys of `tls_server_config`. */
export const TLS_KEYS = [
  ...['cert', 'cert_file', 'key', 'key_file', 'client_ca', 'client_ca_file', 'client_auth_type', 'client_allowed_sans'],
  ...['min_version', 'max_version', 'cipher_suites', 'prefer_server_cipher_suites', 'curve_preferences'],
];

/** Reads `tls_server_config` and the files it names. Undefined if the file has faults. */
export function readTls(settings: WebSettings): TlsConfiguration | undefined {
  const cert = settings.textOrFile('cert');
  const key = settings.textOrFile('key');
  const ca = settings.textOrFile('client_ca');
  for (const name of ['cert', 'key']) {
    if (!settings.has(name) && !settings.has(`${name}_file`)) settings.refuse(undefined, `${name}_file is missing`);
  }
  const clientAuth = settings.choice('client_auth_type', CLIENT_AUTH_TYPES, 'NoClientCert');
  const allowedNames = settings.texts('client_allowed_sans');
  if (clientAuth !== undefined) checkClientPolicy(settings, clientAuth, allowedNames);
  const versions = readVersions(settings);
  const suites = settings.translated('cipher_suites', CIPHER_SUITES);
  const curves = settings.translated('curve_preferences', CURVES);
  const honorCipherOrder = settings.flag('prefer_server_cipher_suites', true);
  if (settings.faults.length > 0) return undefined;

  const context: SecureContextOptions = {
    cert: cert!,
    key: key!,
    ...(ca === undefined ? {} : { ca }),
    ...(suites.length === 0 ? {} : { ciphers: suites.join(':') }),
    ...(curves.length === 0 ? {} : { ecdhCurve: curves.join(':') }),
    ...versions,
    honorCipherOrder,
  };
  try {
    createSecureContext(context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    settings.refuse(
      undefined,
      `cannot use the certificate and private key: ${reason}`,
      'Both must be PEM, and the key must belong to the certificate.',
    );
  }
  return { context, clientAuth: clientAuth!, allowedNames };
}

function readVersions(settings: WebSettings): Pick<SecureContextOptions, 'minVersion' | 'maxVersion'> {
  const minimum = settings.choice('min_version', Object.keys(TLS_VERSIONS), 'TLS12');
  const maximum = settings.choice('max_version', Object.keys(TLS_VERSIONS), 'TLS13');
  if (minimum === undefined || maximum === undefined) return {};
  if (minimum > maximum) settings.refuse('max_version', `must be at least min_version (${minimum}), not ${maximum}`);
  return { minVersion: TLS_VERSIONS[minimum]!, maxVersion: TLS_VERSIONS[maximum]! };
}

function checkClientPolicy(settings: WebSettings, type: ClientAuthType, allowedNames: readonly string[]): void {
  const hasAuthority = settings.has('client_ca') || settings.has('client_ca_file');
  const verifies = verifiesClients(type);
  if (verifies && !hasAuthority) settings.refuse(undefined, `client_auth_type ${type} requires client_ca_file`);
  if (type === 'NoClientCert' && hasAuthority) {
    const remedy = 'Set client_auth_type: RequireAndVerifyClientCert, or remove the client CA.';
    settings.refuse('client_auth_type', 'NoClientCert ignores the client CA', remedy);
  }
  if (!verifies && allowedNames.length > 0) {
    const remedy = 'Set client_auth_type: RequireAndVerifyClientCert, or remove client_allowed_sans.';
    settings.refuse('client_allowed_sans', `not allowed with client_auth_type ${type}`, remedy);
  }
}
