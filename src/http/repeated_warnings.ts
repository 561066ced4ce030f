import type { Logger } from '../log.js';
import { LIMITS } from './limits.js';

/** Warnings about what clients can cause. The log has the first of each text and then one a minute, with the number since: no client can fill it. */
export class RepeatedWarnings {
  readonly #logger: Logger;
  readonly #now: () => number;
  /** By text: when it was logged, and how often it was left out since. */
  readonly #logged = new Map<string, { at: number; suppressed: number }>();

  /** @param now milliseconds, never going back */
  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  /** @param text one of a fixed set of texts: each is remembered */
  warn(text: string, fields: Readonly<Record<string, unknown>>, level: 'warn' | 'error' = 'warn'): void {
    const now = this.#now();
    const last = this.#logged.get(text);
    if (last !== undefined && now - last.at < LIMITS.logMs) {
      last.suppressed++;
      return;
    }
    this.#logged.set(text, { at: now, suppressed: 0 });
    const suppressed = last?.suppressed ?? 0;
    this.#logger[level]({ ...fields, ...(suppressed > 0 && { suppressed }) }, text);
  }
}
