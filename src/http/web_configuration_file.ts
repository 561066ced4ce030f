import { stat } from 'node:fs/promises';
import { Faults, fault } from '../errors/fault.js';
import { faultFields, type Logger } from '../log.js';
import type { WebConfiguration } from './web_configuration.js';

/** Time between two checks for changed files. A change is read at the second check that finds it. */
const CHECK_INTERVAL_MS = 1000;

/** Reads the file and the files it names. @param signal ends that. @throws Faults */
export type WebConfigurationReader = (signal: AbortSignal) => Promise<WebConfiguration>;

/**
 * A web configuration that follows its files: a rotated certificate or a new user applies to connections and requests from
 * then on. If changed files cannot be used, the faults are logged once. While files are checked and read, and if they cannot
 * be used, the previous configuration stays in force.
 */
export class WebConfigurationFile {
  readonly #path: string;
  readonly #read: WebConfigurationReader;
  readonly #logger: Logger;
  readonly #ending = new AbortController();
  #current: WebConfiguration;
  #signature: string;
  /** Of the last check, if it was another one. */
  #seen: string | undefined;
  /** When, by `performance.now()`. */
  #seenAt = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    path: string,
    read: WebConfigurationReader,
    logger: Logger,
    current: WebConfiguration,
    signature: string,
  ) {
    this.#path = path;
    this.#read = read;
    this.#logger = logger;
    this.#current = current;
    this.#signature = signature;
  }

  /** @throws Faults if the file, or a file it names, cannot be used */
  static async open(path: string, read: WebConfigurationReader, logger: Logger): Promise<WebConfigurationFile> {
    const current = await read(new AbortController().signal);
    return new WebConfigurationFile(path, read, logger, current, await signatureOf(current.files));
  }

  /** The configuration in force. */
  get current(): WebConfiguration {
    return this.#current;
  }

  /** Checks the files for changes from now on, until `close`. */
  follow(intervalMs = CHECK_INTERVAL_MS): void {
    this.#timer = setTimeout(async () => {
      await this.#check(0.9 * intervalMs);
      if (!this.#ending.signal.aborted) this.follow(intervalMs);
    }, intervalMs).unref();
  }

  /** Ends the checks, and a reading under way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  /**
   * Never rejects.
   * @param restMs how long the files must be the same: on a busy machine, two checks may follow each other at once
   */
  async #check(restMs: number): Promise<void> {
    const { signal } = this.#ending;
    const { files } = this.#current;
    const signature = await signatureOf(files);
    if (signature === this.#signature || signal.aborted) return;
    // Half a file is a valid one, perhaps without users: it must be the same at two checks, and after it was read.
    if (signature !== this.#seen) {
      this.#seen = signature;
      this.#seenAt = performance.now();
      return;
    }
    if (performance.now() - this.#seenAt < restMs) return;
    try {
      const next = await this.#read(signal);
      if ((await signatureOf(files)) !== signature) return;
      this.#signature = signature;
      this.#apply(next);
      // Other files are followed from now on. What is not applied is reported once.
      if (next.files.join() !== files.join()) this.#signature = await signatureOf(next.files);
    } catch (error) {
      if (signal.aborted || (await signatureOf(files)) !== signature) return;
      this.#signature = signature;
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    if (!(error instanceof Faults)) this.#logger.error({ err: error }, 'The web configuration was not reloaded');
    else for (const one of error.faults) this.#logger.error(faultFields(one), one.message);
  }

  #apply(next: WebConfiguration): void {
    const change = fixedChange(this.#current, next);
    if (change !== undefined) throw new Faults([fault('WEB_CONFIG_NEEDS_RESTART', { path: this.#path, change })]);
    this.#current = next;
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

async function signatureOf(files: readonly string[]): Promise<string> {
  const signatures = files.map(async (file) => {
    try {
      const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
      return `${dev}:${ino}:${size}:${mtimeNs}`;
    } catch {
      return 'absent';
    }
  });
  return (await Promise.all(signatures)).join(' ');
}
