import { resolve } from 'node:path';
import { Faults } from '../errors/fault.js';
import { parseGoDuration } from './go_duration.js';
import type { RateLimit } from './rate_limiter.js';
import type { TlsConfiguration } from './tls_options.js';
import { readTls, TLS_KEYS } from './tls_settings.js';
import { WebSettings } from './web_settings.js';

/** The checked contents of a web configuration file (the format of Prometheus's exporter-toolkit). */
export interface WebConfiguration {
  readonly tls?: TlsConfiguration;
  /** Headers of every response; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bcrypt hash by user name. Empty: no password is required. */
  readonly users: ReadonlyMap<string, string>;
  /** Absent: no limit. */
  readonly rateLimit?: RateLimit;
  /** The file itself and the files it names: a change of any of them means a new configuration. */
  readonly files: readonly string[];
}

const SECTIONS = ['tls_server_config', 'http_server_config', 'basic_auth_users', 'rate_limit'];
const HEADERS = [
  'Content-Security-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'X-Frame-Options',
  'X-XSS-Protection',
];
// A hash of cost 17 takes bcryptjs over ten seconds to check.
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/;

/**
 * Reads and checks a web configuration file and the certificates it names.
 * @throws Faults with every fault found
 */
export function readWebConfiguration(file: string): WebConfiguration {
  const settings = WebSettings.open(resolve(file), SECTIONS);
  const tls = settings.has('tls_server_config') ? readTls(settings.section('tls_server_config', TLS_KEYS)) : undefined;
  const headers = readHeaders(settings.section('http_server_config', ['http2', 'headers']));
  const users = readUsers(settings.section('basic_auth_users'));
  const rateLimit = readRateLimit(settings.section('rate_limit', ['interval', 'burst']));
  if (settings.faults.length > 0) throw new Faults(settings.faults);
  return { ...(tls && { tls }), headers, users, ...(rateLimit && { rateLimit }), files: settings.files };
}

function readHeaders(settings: WebSettings): Record<string, string> {
  settings.flag('http2', true);
  const given = settings.section('headers', HEADERS);
  const headers: Record<string, string> = {};
  for (const name of given.keys) {
    const text = given.value(name);
    if (typeof text === 'string' && /^[\x20-\x7e]*$/.test(text)) headers[name.toLowerCase()] = text;
    else given.refuse(name, 'must be one line of printable ASCII');
  }
  return headers;
}

/** Without an interval, or with one of 0, there is no limit. */
function readRateLimit(settings: WebSettings): RateLimit | undefined {
  const interval = settings.value('interval') ?? 0;
  const intervalMs = parseGoDuration(String(interval));
  if (intervalMs === undefined)
    settings.refuse('interval', 'must be a duration such as 500ms or 1m30s, or 0 for no limit');
  const burst = settings.value('burst') ?? 0;
  if (typeof burst !== 'number' || !Number.isSafeInteger(burst) || burst < 0) {
    settings.refuse('burst', 'must be a whole number of requests');
    return undefined;
  }
  if (!intervalMs) return undefined;
  if (burst === 0) {
    settings.refuse(
      undefined,
      '`burst` is missing or 0: every request would be refused',
      'Add the number of requests that may come at once.',
    );
  }
  return { intervalMs, burst };
}

function readUsers(settings: WebSettings): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const name of settings.keys) {
    const hash = settings.value(name);
    if (typeof hash === 'string' && BCRYPT.test(hash)) users.set(name, hash);
    // The message must not quote the value: it may be a password.
    else settings.refuse(name, 'must be a bcrypt hash of cost 4 to 16', 'Make one with: htpasswd -nBC 10 ""');
  }
  return users;
}
