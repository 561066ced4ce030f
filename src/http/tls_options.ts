import type { PeerCertificate, SecureContextOptions, SecureVersion, TLSSocket } from 'node:tls';

/** Go's policies for client certificates, as the exporter-toolkit names them. */
export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuthType = (typeof CLIENT_AUTH_TYPES)[number];

export const TLS_VERSIONS: Readonly<Record<string, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** OpenSSL's name of a curve by Go's name. */
export const CURVES: Readonly<Record<string, string>> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
};

/** OpenSSL's name of a cipher suite by Go's name. TLS 1.3 suites have the same name in both. */
export const CIPHER_SUITES: Readonly<Record<string, string>> = {
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
};

export interface TlsConfiguration {
  /** Certificate, key, client CAs, versions and suites. These can change while the server runs. */
  readonly context: SecureContextOptions;
  readonly clientAuth: ClientAuthType;
  /** A client certificate must have one of these subject alternative names. Empty: any name. */
  readonly allowedNames: readonly string[];
}

export function verifiesClients(type: ClientAuthType): boolean {
  return type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert';
}

/** Whether the client of an established connection satisfies the policy. */
export function admitsClient({ clientAuth, allowedNames }: TlsConfiguration, socket: TLSSocket): boolean {
  if (clientAuth === 'NoClientCert' || clientAuth === 'RequestClientCert') return true;
  const certificate = socket.getPeerCertificate() as PeerCertificate | undefined;
  const given = certificate?.raw !== undefined;
  if (!given) return clientAuth === 'VerifyClientCertIfGiven';
  if (clientAuth === 'RequireAnyClientCert') return true;
  return (
    socket.authorized &&
    (allowedNames.length === 0 || subjectNames(certificate).some((name) => allowedNames.includes(name)))
  );
}

/** Whether the client presented a certificate signed by a configured authority. */
export function isVerifiedClient({ clientAuth }: TlsConfiguration, socket: TLSSocket): boolean {
  return verifiesClients(clientAuth) && socket.authorized;
}

// Node.js joins the names with ", " and writes a name that contains a comma or a quote as a JSON string.
function subjectNames({ subjectaltname = '' }: PeerCertificate): string[] {
  return [...subjectaltname.matchAll(/(?:^|, )[A-Za-z0-9 ]+:("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, name]) =>
    name!.startsWith('"') ? String(JSON.parse(name!)) : name!,
  );
}
