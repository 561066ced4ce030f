import { LIMITS } from './limits.js';
import type { KeptBytes } from './shared_body.js';
import type { Transfer } from './transfer.js';

export type CutReason = 'it took nothing for too long' | 'answers for slow clients need too much memory';

/**
 * The answers on their way to clients. It disconnects slow clients: those that stall and, when answers need too much memory, the
 * slowest of the client with most answers.
 */
export class Transfers implements KeptBytes {
  /** By client. */
  readonly #open = new Map<string, Set<Transfer>>();
  readonly #onCut: (reason: CutReason) => void;
  #keptBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onCut called for every client that is disconnected */
  constructor(onCut: (reason: CutReason) => void) {
    this.#onCut = onCut;
  }

  /** Watches a transfer until it leaves. */
  watch(transfer: Transfer): void {
    const ofClient = this.#open.get(transfer.client) ?? new Set();
    this.#open.set(transfer.client, ofClient.add(transfer));
    this.#timer ??= setInterval(() => this.#cutStalled(), LIMITS.checkMs).unref();
  }

  leave(transfer: Transfer): void {
    const ofClient = this.#open.get(transfer.client);
    ofClient?.delete(transfer);
    if (ofClient?.size === 0) this.#open.delete(transfer.client);
    transfer.leave();
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Counts bytes of bodies and of what connections hold, and disconnects the slowest clients while there are too many. */
  add(bytes: number): void {
    this.#keptBytes += bytes;
    if (bytes > 0) while (this.#keptBytes > LIMITS.keptBytes && this.#cutSlowest());
  }

  #cutSlowest(): boolean {
    let victim: Transfer | undefined;
    let most = 0;
    for (const ofClient of this.#open.values()) {
      if (ofClient.size < most) continue;
      const slowest = slowestOf(ofClient);
      if (slowest === undefined) continue;
      if (ofClient.size > most || slowest.waitingSince! < victim!.waitingSince!) victim = slowest;
      most = ofClient.size;
    }
    if (victim !== undefined) this.#cut(victim, 'answers for slow clients need too much memory');
    return victim !== undefined;
  }

  #cutStalled(): void {
    const now = performance.now();
    for (const one of [...this.#open.values()].flatMap((ofClient) => [...ofClient])) {
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

/** The transfer that has waited for longest, without those of the last read. */
function slowestOf(transfers: ReadonlySet<Transfer>): Transfer | undefined {
  let slowest: Transfer | undefined;
  for (const one of transfers) {
    if (one.isNewest || one.waitingSince === undefined) continue;
    if (slowest === undefined || one.waitingSince < slowest.waitingSince!) slowest = one;
  }
  return slowest;
}
