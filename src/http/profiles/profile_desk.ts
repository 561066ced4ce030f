import type { FastifyReply, FastifyRequest } from 'fastify';
import { fault } from '../../errors/fault.js';
import type { Pacer } from '../../metrics/pacer.js';
import type { Work } from '../../profiles/work.js';
import { clientNetwork } from '../client_network.js';
import { FairTurns } from '../fair_turns.js';
import { LIMITS } from '../limits.js';

/**
 * Bounds what requests for profiles take. Few are in progress at once, and one at a time has its profile in memory: it ends with
 * its compressed answer.
 */
export class ProfileDesk {
  readonly #pacer: Pacer;
  /** How many each client has in progress. */
  readonly #inProgress = new Map<string, number>();
  readonly #turns = new FairTurns(LIMITS.profiles, LIMITS.profilesOfClient);
  #count = 0;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }

  /**
   * Admits a request, until its answer or its connection ends. It closes the connection if the answer takes too long.
   * @param collectionMs how long it collects before there is anything to answer
   * @returns its work, which the end of the connection aborts
   * @throws SantaError PROFILE_LIMIT
   */
  admit(request: FastifyRequest, reply: FastifyReply, collectionMs = 0): Work & { readonly client: string } {
    const client = clientNetwork(request.ip);
    const ofClient = this.#inProgress.get(client) ?? 0;
    const { profiles: limit, profilesOfClient: limitOfClient } = LIMITS;
    if (this.#count >= limit || ofClient >= limitOfClient) throw fault('PROFILE_LIMIT', { limit, limitOfClient });
    this.#count++;
    this.#inProgress.set(client, ofClient + 1);
    const abort = new AbortController();
    const deadline = setTimeout(() => reply.raw.destroy(), collectionMs + LIMITS.responseMs);
    reply.raw.once('close', () => {
      clearTimeout(deadline);
      abort.abort();
      this.#leave(client);
    });
    return { pacer: this.#pacer, signal: abort.signal, client };
  }

  /**
   * Runs the part of a request that needs its profile in memory, when others have ended theirs. Rejects at once when the work is
   * aborted: a source that hangs keeps nobody else waiting.
   */
  async inTurn<T>(client: string, { signal }: Work, run: () => Promise<T>): Promise<T> {
    await this.#turns.take(client);
    try {
      signal.throwIfAborted();
      return await Promise.race([run(), abortOf(signal)]);
    } finally {
      this.#turns.end();
    }
  }

  #leave(client: string): void {
    this.#count--;
    const left = this.#inProgress.get(client)! - 1;
    if (left > 0) this.#inProgress.set(client, left);
    else this.#inProgress.delete(client);
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
