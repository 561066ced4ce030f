import { LIMITS } from './limits.js';
import type { KeptBytes } from './shared_body.js';
import type { Transfer } from './transfer.js';

const CHECK_MS = 1000;

export type CutReason = 'it took nothing for too long' | 'answers for slow clients need too much memory';

/**
 * The answers on their way to clients. It disconnects slow clients: those that stall and, when answers need too much memory, the
 * slowest of the client with most answers.
 */
export class Transfers implements KeptBytes {
  readonly #open = new Set<Transfer>();
  readonly #onCut: (reason: CutReason) => void;
  #keptBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onCut called for every client that is disconnected */
  constructor(onCut: (reason: CutReason) => void) {
    this.#onCut = onCut;
  }

  /** Watches a transfer until it leaves. */
  watch(transfer: Transfer): void {
    this.#open.add(transfer);
    this.#timer ??= setInterval(() => this.#cutStalled(), CHECK_MS).unref();
  }

  leave(transfer: Transfer): void {
    this.#open.delete(transfer);
    transfer.leave();
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Counts bytes of bodies, and disconnects the slowest clients while there are too many. */
  add(bytes: number): void {
    this.#keptBytes += bytes;
    if (bytes > 0) while (this.#memory() > LIMITS.keptBytes && this.#cutSlowest());
  }

  /** Bytes of bodies, and what each connection holds of them: with TLS that is an encrypted copy. */
  #memory(): number {
    let bytes = this.#keptBytes;
    for (const { outstanding } of this.#open) bytes += outstanding;
    return bytes;
  }

  #cutSlowest(): boolean {
    const answers = new Map<string, number>();
    for (const { client } of this.#open) answers.set(client, (answers.get(client) ?? 0) + 1);
    let victim: Transfer | undefined;
    for (const one of this.#open) {
      if (one.isNewest || one.waitingSince === undefined) continue;
      const more = victim === undefined ? 1 : answers.get(one.client)! - answers.get(victim.client)!;
      if (more > 0 || (more === 0 && one.waitingSince < victim!.waitingSince!)) victim = one;
    }
    if (victim !== undefined) this.#cut(victim, 'answers for slow clients need too much memory');
    return victim !== undefined;
  }

  #cutStalled(): void {
    const now = performance.now();
    for (const one of this.#open) {
      const isStalled = one.waitingSince !== undefined && now - one.waitingSince > LIMITS.stallMs;
      if (isStalled) this.#cut(one, 'it took nothing for too long');
    }
  }

  #cut(transfer: Transfer, reason: CutReason): void {
    this.leave(transfer);
    transfer.cut();
    this.#onCut(reason);
  }
}
