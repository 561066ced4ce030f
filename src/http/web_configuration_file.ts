import { statSync } from 'node:fs';
import { Faults, fault } from '../errors/fault.js';
import { faultFields, type Logger } from '../log.js';
import type { WebConfiguration } from './web_configuration.js';

/** Shortest time between two checks for changed files. */
const CHECK_INTERVAL_MS = 1000;

type Reader = (file: string) => WebConfiguration;

/**
 * A web configuration that follows its files: a rotated certificate or a new user applies from the next connection or
 * request. If changed files cannot be used, the faults are logged once and the previous configuration stays in force.
 */
export class WebConfigurationFile {
  readonly #path: string;
  readonly #read: Reader;
  readonly #logger: Logger;
  readonly #now: () => number;
  #current: WebConfiguration;
  #signature: string;
  #checkedAt: number;

  /** @throws Faults if the files cannot be used now */
  constructor(path: string, read: Reader, logger: Logger, now: () => number = Date.now) {
    this.#path = path;
    this.#read = read;
    this.#logger = logger;
    this.#now = now;
    this.#current = read(path);
    this.#signature = signatureOf(this.#current.files);
    this.#checkedAt = now();
  }

  /** @throws Faults if the file, or a file it names, cannot be used */
  static async open(path: string, logger: Logger): Promise<WebConfigurationFile> {
    // The YAML parser takes 4 MB of memory, and most exporters have no such file.
    const { readWebConfiguration } = await import('./web_configuration.js');
    return new WebConfigurationFile(path, readWebConfiguration, logger);
  }

  /** The configuration in force. Checks the files for changes (microseconds) at most once a second. */
  get current(): WebConfiguration {
    const now = this.#now();
    if (Math.abs(now - this.#checkedAt) < CHECK_INTERVAL_MS) return this.#current;
    this.#checkedAt = now;
    const signature = signatureOf(this.#current.files);
    if (signature === this.#signature) return this.#current;
    this.#signature = signature;
    try {
      this.#apply(this.#read(this.#path));
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      for (const one of error.faults) this.#logger.error(faultFields(one), one.message);
    }
    return this.#current;
  }

  #apply(next: WebConfiguration): void {
    const change = fixedChange(this.#current, next);
    if (change !== undefined) throw new Faults([fault('WEB_CONFIG_NEEDS_RESTART', { path: this.#path, change })]);
    this.#current = next;
    this.#signature = signatureOf(next.files);
    this.#logger.info({ file: this.#path }, 'Reloaded the web configuration');
  }
}

/** The change that a running server cannot apply. A socket is created with or without TLS and client certificates. */
function fixedChange(before: WebConfiguration, after: WebConfiguration) {
  if (before.tls === undefined && after.tls === undefined) return undefined;
  if (before.tls === undefined) return 'TLS was turned on' as const;
  if (after.tls === undefined) return 'TLS was turned off' as const;
  const asked = before.tls.clientAuth !== 'NoClientCert';
  const asks = after.tls.clientAuth !== 'NoClientCert';
  return asked === asks ? undefined : ('client_auth_type changed' as const);
}

function signatureOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const status = statSync(file, { bigint: true, throwIfNoEntry: false });
      return status === undefined ? 'absent' : `${status.dev}:${status.ino}:${status.size}:${status.mtimeNs}`;
    })
    .join(' ');
}
