import type { Logger } from './log.js';

/**
 * Handles signals from its construction on. SIGTERM and SIGINT call `onEnd` and end the process with exit code 0; the
 * second such signal ends it at once. SIGHUP calls `onReload`.
 */
export class Signals {
  onEnd: () => Promise<void> = async () => {};
  onReload: () => Promise<void> = async () => {};
  isEnding = false;
  #reload: Promise<void> | undefined;
  #reloadAgain = false;

  constructor(private readonly logger: Logger) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void this.#end(signal));
    }
    process.on('SIGHUP', () => void this.#hangUp());
  }

  async #end(signal: string): Promise<void> {
    this.isEnding = true;
    this.logger.info({ signal }, 'Finishing requests in flight, then detaching programs');
    await this.onEnd();
    process.exit(0);
  }

  /** Any number of signals during a reload cause one more reload after it. */
  async #hangUp(): Promise<void> {
    if (this.#reload) {
      this.#reloadAgain = true;
      return;
    }
    do {
      this.#reloadAgain = false;
      this.#reload = this.onReload();
      await this.#reload;
    } while (this.#reloadAgain && !this.isEnding);
    this.#reload = undefined;
  }
}
