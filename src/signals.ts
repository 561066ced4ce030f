import type { Logger } from './log.js';

/**
 * Handles signals from its construction on. SIGTERM and SIGINT call `onEnd` and end the process with exit code 0; the
 * second such signal ends it at once. SIGHUP calls `onReload`.
 */
export class Signals {
  onEnd: () => Promise<void> = async () => {};
  onReload: () => void = () => {};
  isEnding = false;

  constructor(private readonly logger: Logger) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void this.#end(signal));
    }
    process.on('SIGHUP', () => this.onReload());
  }

  async #end(signal: string): Promise<void> {
    this.isEnding = true;
    this.logger.info({ signal }, 'Finishing requests in flight, then detaching programs');
    await this.onEnd();
    process.exit(0);
  }
}
