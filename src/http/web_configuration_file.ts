import { statSync } from 'node:fs';
import { Faults, fault } from '../errors/fault.js';
import { faultFields, type Logger } from '../log.js';
import type { WebConfiguration } from './web_configuration.js';

/** How often the files are looked at, at most. */
const LOOK_MS = 1000;

type Reader = (file: string) => WebConfiguration;

/**
 * A web configuration that follows its files, so that a rotated certificate or a new user counts from the next
 * connection or request on. Files that cannot be used are logged once, and what was there before stays in force.
 */
export class WebConfigurationFile {
  readonly #path: string;
  readonly #read: Reader;
  readonly #logger: Logger;
  readonly #now: () => number;
  #current: WebConfiguration;
  #signature: string;
  #lookedAt: number;

  /** @throws Faults if the files cannot be used now */
  constructor(path: string, read: Reader, logger: Logger, now: () => number = Date.now) {
    this.#path = path;
    this.#read = read;
    this.#logger = logger;
    this.#now = now;
    this.#current = read(path);
    this.#signature = signatureOf(this.#current.files);
    this.#lookedAt = now();
  }

  /** What is in force. Looks at the files (some microseconds of stat) no more than once a second. */
  get current(): WebConfiguration {
    const now = this.#now();
    if (Math.abs(now - this.#lookedAt) < LOOK_MS) return this.#current;
    this.#lookedAt = now;
    const signature = signatureOf(this.#current.files);
    if (signature === this.#signature) return this.#current;
    this.#signature = signature;
    try {
      this.#take(this.#read(this.#path));
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      for (const one of error.faults) this.#logger.error(faultFields(one), one.message);
    }
    return this.#current;
  }

  #take(next: WebConfiguration): void {
    const before = this.#current.tls?.clientAuth;
    const after = next.tls?.clientAuth;
    // Whether to speak TLS and whether to ask for a certificate are settled when the socket is made.
    if (
      (before === undefined) !== (after === undefined) ||
      (before === 'NoClientCert') !== (after === 'NoClientCert')
    ) {
      const change = `client_auth_type ${after ?? '(no TLS)'} after ${before ?? '(no TLS)'}`;
      throw new Faults([fault('WEB_CONFIG_NEEDS_RESTART', { path: this.#path, change })]);
    }
    this.#current = next;
    this.#signature = signatureOf(next.files);
    this.#logger.info({ file: this.#path }, 'Read the web configuration again');
  }
}

function signatureOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const status = statSync(file, { bigint: true, throwIfNoEntry: false });
      return status === undefined ? 'absent' : `${status.dev}:${status.ino}:${status.size}:${status.mtimeNs}`;
    })
    .join(' ');
}
