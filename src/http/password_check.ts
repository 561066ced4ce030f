import { createHmac, randomBytes } from 'node:crypto';
import { FairTurns } from './fair_turns.js';
import { HashThread } from './hash_thread.js';
import { LIMITS } from './limits.js';

/** The thread ends this long after its last use: it takes several megabytes. */
const IDLE_MS = 5000;
/** Size of each cache of verdicts. Scrapers send the same credentials every time. */
const CACHE_SIZE = 128;
// Unknown users are compared with this hash: the response time must not reveal which users exist.
const UNKNOWN_USER = '.invalidinvalidinvalidinvalidinvalidinvalidinvalidinv';

/** The result of a check; `busy` if it could not run now. */
export type PasswordVerdict = 'right' | 'wrong' | 'busy';

/** Checks passwords against bcrypt hashes: the first time in a thread, which ends when idle, then from a cache. */
export class PasswordCheck {
  // The caches hold no passwords, only HMACs with a secret of this process.
  readonly #secret = randomBytes(32);
  // Two caches: wrong guesses cannot evict the right password.
  readonly #right = new Set<string>();
  readonly #wrong = new Set<string>();
  /** Checks that wait or run, by key. */
  readonly #running = new Map<string, Promise<PasswordVerdict>>();
  readonly #turns = new FairTurns(LIMITS.pendingPasswords, LIMITS.pendingPasswordsOfClient);
  #thread: HashThread | undefined;
  #idle: NodeJS.Timeout | undefined;

  /**
   * Checks the password of `user` against `users` (hash by name). Concurrent equal checks of a client run once. The checks of
   * clients take turns: guesses of one delay another by one check.
   * @param client the network of the client
   */
  verify(users: ReadonlyMap<string, string>, user: string, password: string, client: string): Promise<PasswordVerdict> {
    const known = users.has(user);
    const hash = users.get(user) ?? unknownUserHash(users);
    const key = createHmac('sha256', this.#secret)
      .update(JSON.stringify([user, password, hash]))
      .digest('base64');
    if (this.#right.has(key)) return Promise.resolve('right');
    if (this.#wrong.has(key)) return Promise.resolve('wrong');
    // Of the same client: a check of another one may wait for longer.
    const pending = `${client} ${key}`;
    const running = this.#running.get(pending);
    if (running !== undefined) return running;
    const turn = this.#turns.take(client);
    if (turn === undefined) return Promise.resolve('busy');
    const check = turn.then(() => this.#compare(key, password, hash, known));
    this.#running.set(pending, check);
    return check.finally(() => {
      this.#running.delete(pending);
      this.#turns.end();
      if (this.#running.size === 0) this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    });
  }

  /** Ends the thread. Pending checks resolve to `busy`. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }

  async #compare(key: string, password: string, hash: string, known: boolean): Promise<PasswordVerdict> {
    clearTimeout(this.#idle);
    this.#thread ??= new HashThread();
    const same = await this.#thread.compare(password, hash);
    if (same === undefined) {
      this.#thread = undefined;
      return 'busy';
    }
    const right = same && known;
    remember(right ? this.#right : this.#wrong, key);
    return right ? 'right' : 'wrong';
  }
}

function remember(verdicts: Set<string>, key: string): void {
  verdicts.add(key);
  if (verdicts.size > CACHE_SIZE) verdicts.delete(verdicts.values().next().value!);
}

function unknownUserHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => hash.slice(4, 6)).sort();
  return `$2b$${costs.at(-1) ?? '10'}$${UNKNOWN_USER}`;
}
