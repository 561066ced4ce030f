import type { Logger } from './log.js';

/**
 * SIGTERM and SIGINT end the process with exit code 0, SIGHUP reloads. From the first moment on: while there is nothing yet to
 * close, the end is at once, and a reload is pointless. A second signal to end does not wait any more.
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
    this.logger.info({ signal }, 'Finishing what is in flight, then detaching');
    await this.onEnd();
    process.exit(0);
  }

  /** However many signals come during a reload, one more follows it. */
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
