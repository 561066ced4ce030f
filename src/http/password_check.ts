import { createHmac, randomBytes } from 'node:crypto';
import { HashThread } from './hash_thread.js';

/** The thread ends this long after its last use: it takes several megabytes. */
const IDLE_MS = 5000;
/** Size of each cache of verdicts. Scrapers send the same credentials every time. */
const CACHE_SIZE = 128;
/** Limit of pending checks. Above it checks are refused: a flood of guesses uses at most one CPU and little memory. */
const PENDING_LIMIT = 32;
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
  readonly #running = new Map<string, Promise<PasswordVerdict>>();
  #thread: HashThread | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Checks the password of `user` against `users` (hash by name). Concurrent equal checks run once. */
  verify(users: ReadonlyMap<string, string>, user: string, password: string): Promise<PasswordVerdict> {
    const known = users.has(user);
    const hash = users.get(user) ?? unknownUserHash(users);
    const key = createHmac('sha256', this.#secret)
      .update(JSON.stringify([user, password, hash]))
      .digest('base64');
    if (this.#right.has(key)) return Promise.resolve('right');
    if (this.#wrong.has(key)) return Promise.resolve('wrong');
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    if (this.#running.size >= PENDING_LIMIT) return Promise.resolve('busy');
    const check = this.#compare(key, password, hash, known);
    this.#running.set(key, check);
    return check;
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
    this.#running.delete(key);
    if (this.#running.size === 0) this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
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
