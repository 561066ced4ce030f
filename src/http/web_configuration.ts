import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { isMap, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import { Faults, fault, type SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import {
  CIPHER_SUITES,
  CLIENT_AUTH_TYPES,
  type ClientAuthType,
  CURVES,
  TLS_VERSIONS,
  type TlsConfiguration,
} from './tls_options.js';

/** The checked contents of a web configuration file (the format of Prometheus's exporter-toolkit). */
export interface WebConfiguration {
  readonly tls?: TlsConfiguration;
  /** Headers of every response, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** User to bcrypt hash. Empty: everyone may read. */
  readonly users: ReadonlyMap<string, string>;
  /** The file itself and those it names: when one changes, it is time to read them again. */
  readonly files: readonly string[];
}

const TLS_KEYS = [
  ...['cert', 'cert_file', 'key', 'key_file', 'client_ca', 'client_ca_file', 'client_auth_type', 'client_allowed_sans'],
  ...['min_version', 'max_version', 'cipher_suites', 'prefer_server_cipher_suites', 'curve_preferences'],
];
const HEADERS = [
  ...[
    'Content-Security-Policy',
    'Strict-Transport-Security',
    'X-Content-Type-Options',
    'X-Frame-Options',
    'X-XSS-Protection',
  ],
];
// A hash of cost 17 takes bcryptjs over ten seconds: a denial of service by oneself.
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/;

type Path = readonly string[];
type Table = Readonly<Record<string, unknown>>;

/**
 * Reads and checks a web configuration file and the certificates it names.
 * @throws Faults with everything that is wrong
 */
export function readWebConfiguration(file: string): WebConfiguration {
  const path = resolve(file);
  return new Reading(path).configuration();
}

class Reading {
  readonly #faults: SantaError[] = [];
  readonly #files: string[];
  #root: unknown;
  readonly #locate: (path: Path, part?: 'key' | 'value') => Location | undefined;

  constructor(readonly path: string) {
    this.#files = [path];
    const text = this.#contents(path, []) ?? '';
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const locationAt = (offset: number): Location => {
      const { line, col: column } = lines.linePos(offset);
      return { file: path, line, column, excerpt: text.split('\n')[line - 1] ?? '' };
    };
    this.#locate = (at, part = 'value') => {
      for (let length = at.length; length >= 0; length--) {
        const parent = document.getIn(at.slice(0, length - 1), true);
        const pair = isMap<Scalar>(parent)
          ? parent.items.find(({ key }) => String(key.value) === at[length - 1])
          : undefined;
        const node =
          length === 0 ? document.contents : ((part === 'key' ? pair?.key : pair?.value) as Node | null | undefined);
        if (node?.range) return locationAt(node.range[0]);
      }
      return undefined;
    };
    for (const error of document.errors) {
      this.#faults.push(
        fault(
          'WEB_CONFIG_INVALID',
          { at: 'the file', expected: 'YAML', received: error.message },
          { location: locationAt(error.pos[0]) },
        ),
      );
    }
    if (this.#faults.length === 0) {
      try {
        this.#root = document.toJS();
      } catch (error) {
        this.#refuse([], 'YAML', error instanceof Error ? error.message : error);
      }
    }
  }

  configuration(): WebConfiguration {
    const root = this.#table(this.#root ?? {}, [], ['tls_server_config', 'http_server_config', 'basic_auth_users']);
    const tls = root.tls_server_config === undefined ? undefined : this.#tls(root.tls_server_config);
    const headers = root.http_server_config === undefined ? {} : this.#headers(root.http_server_config);
    const users = this.#users(root.basic_auth_users ?? {});
    if (this.#faults.length > 0) throw new Faults(this.#faults);
    return { ...(tls ? { tls } : {}), headers, users, files: this.#files };
  }

  #tls(value: unknown): TlsConfiguration | undefined {
    const at = ['tls_server_config'];
    const table = this.#table(value, at, TLS_KEYS);
    const text = (key: string) => this.#optionalText(table, at, key);
    const clientAuth = this.#choice(
      [...at, 'client_auth_type'],
      table.client_auth_type ?? 'NoClientCert',
      CLIENT_AUTH_TYPES,
    );
    const allowedNames = this.#texts([...at, 'client_allowed_sans'], table.client_allowed_sans);
    const cert = this.#inlineOrFile(table, at, 'cert');
    const key = this.#inlineOrFile(table, at, 'key');
    const ca = this.#inlineOrFile(table, at, 'client_ca');
    const suites = this.#translated([...at, 'cipher_suites'], table.cipher_suites, CIPHER_SUITES);
    const curves = this.#translated([...at, 'curve_preferences'], table.curve_preferences, CURVES);
    const minimum = this.#choice([...at, 'min_version'], text('min_version') ?? 'TLS12', Object.keys(TLS_VERSIONS));
    const maximum = this.#choice([...at, 'max_version'], text('max_version') ?? 'TLS13', Object.keys(TLS_VERSIONS));
    if (table.prefer_server_cipher_suites !== undefined && typeof table.prefer_server_cipher_suites !== 'boolean') {
      this.#refuse([...at, 'prefer_server_cipher_suites'], 'true or false', table.prefer_server_cipher_suites);
    }
    if (cert === undefined && !('cert_file' in table)) this.#refuse(at, 'a certificate (cert_file)', undefined);
    if (key === undefined && !('key_file' in table)) this.#refuse(at, 'a private key (key_file)', undefined);
    this.#checkClientPolicy(at, clientAuth, ca, allowedNames);
    if (minimum && maximum && minimum > maximum) this.#refuse([...at, 'max_version'], `at least ${minimum}`, maximum);
    if (this.#faults.length > 0) return undefined;

    const context: SecureContextOptions = {
      cert: cert!,
      key: key!,
      ...(ca === undefined ? {} : { ca }),
      ...(suites.length === 0 ? {} : { ciphers: suites.join(':') }),
      ...(curves.length === 0 ? {} : { ecdhCurve: curves.join(':') }),
      minVersion: TLS_VERSIONS[minimum!]!,
      maxVersion: TLS_VERSIONS[maximum!]!,
      honorCipherOrder: table.prefer_server_cipher_suites !== false,
    };
    try {
      createSecureContext(context);
    } catch (error) {
      this.#refuse(at, 'a certificate and its private key in PEM', error instanceof Error ? error.message : error);
    }
    return { context, clientAuth: clientAuth!, allowedNames };
  }

  #checkClientPolicy(
    at: Path,
    type: ClientAuthType | undefined,
    ca: string | undefined,
    names: readonly string[],
  ): void {
    const verifies = type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert';
    if (verifies && ca === undefined) this.#refuse(at, `client_ca_file, since client_auth_type is ${type},`, undefined);
    if (type === 'NoClientCert' && ca !== undefined) {
      this.#refuse(
        [...at, 'client_auth_type'],
        'a policy such as RequireAndVerifyClientCert, since there is a client CA,',
        type,
      );
    }
    if (!verifies && names.length > 0) {
      this.#refuse([...at, 'client_allowed_sans'], 'a client_auth_type that verifies, since names are allowed,', type);
    }
  }

  #headers(value: unknown): Record<string, string> {
    const at = ['http_server_config'];
    const table = this.#table(value, at, ['http2', 'headers']);
    if (table.http2 !== undefined && typeof table.http2 !== 'boolean')
      this.#refuse([...at, 'http2'], 'true or false', table.http2);
    const headers: Record<string, string> = {};
    const given = this.#table(table.headers ?? {}, [...at, 'headers'], HEADERS);
    for (const [name, text] of Object.entries(given)) {
      if (typeof text === 'string' && /^[\x20-\x7e]*$/.test(text)) headers[name.toLowerCase()] = text;
      else this.#refuse([...at, 'headers', name], 'one line of printable ASCII', text);
    }
    return headers;
  }

  #users(value: unknown): ReadonlyMap<string, string> {
    const users = new Map<string, string>();
    for (const [name, hash] of Object.entries(this.#table(value, ['basic_auth_users']))) {
      if (typeof hash === 'string' && BCRYPT.test(hash)) users.set(name, hash);
      // What was received is most likely a password: not to be repeated in a log.
      else
        this.#refuse(
          ['basic_auth_users', name],
          'a bcrypt hash of cost 4 to 16 (htpasswd -nBC 10 "")',
          'something else',
        );
    }
    return users;
  }

  #inlineOrFile(table: Table, at: Path, key: string): string | undefined {
    const inline = this.#optionalText(table, at, key);
    const file = this.#optionalText(table, at, `${key}_file`);
    if (inline !== undefined && file !== undefined) {
      this.#refuse([...at, key], `only one of ${key} and ${key}_file`, 'both');
    }
    if (file === undefined) return inline;
    const path = resolve(dirname(this.path), file);
    this.#files.push(path);
    return this.#contents(path, [...at, `${key}_file`]);
  }

  #contents(path: string, at: Path): string | undefined {
    try {
      return readFileSync(path, 'utf8');
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      const location = at.length > 0 ? this.#locate(at) : undefined;
      this.#faults.push(fault('WEB_CONFIG_UNREADABLE', { path, reason }, { location, cause }));
      return undefined;
    }
  }

  #table(value: unknown, at: Path, known?: readonly string[]): Table {
    if (value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.#refuse(at, 'a table of names and values', value);
      return {};
    }
    if (known === undefined) return value as Table;
    const kept = Object.entries(value).filter(([key]) => {
      if (known.includes(key)) return true;
      const parameters = { key, at: at.join('.') || 'the file', known, nearest: nearest(key, known) };
      this.#faults.push(fault('WEB_CONFIG_UNKNOWN_KEY', parameters, { location: this.#locate([...at, key], 'key') }));
      return false;
    });
    return Object.fromEntries(kept);
  }

  #optionalText(table: Table, at: Path, key: string): string | undefined {
    const value = table[key];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.#refuse([...at, key], 'a text', value);
    return undefined;
  }

  #texts(at: Path, value: unknown): readonly string[] {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.#refuse(at, 'a list of texts', value);
    return [];
  }

  #translated(at: Path, value: unknown, names: Readonly<Record<string, string>>): readonly string[] {
    return this.#texts(at, value).flatMap((name) => {
      if (Object.hasOwn(names, name)) return [names[name]!];
      this.#refuse(at, `names among ${Object.keys(names).join(', ')}`, name);
      return [];
    });
  }

  #choice<T extends string>(at: Path, value: unknown, choices: readonly T[]): T | undefined {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.#refuse(at, `one of ${choices.join(', ')}`, value);
    return choice;
  }

  #refuse(at: Path, expected: string, value: unknown): void {
    const received = value === undefined ? 'none' : JSON.stringify(value);
    const parameters = { at: at.join('.') || 'the file', expected, received };
    this.#faults.push(fault('WEB_CONFIG_INVALID', parameters, { location: this.#locate(at) }));
  }
}
