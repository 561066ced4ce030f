import { createHmac, randomBytes } from 'node:crypto';
import { HashThread } from './hash_thread.js';

/** How long the thread is kept after its last use: it holds some megabytes. */
const IDLE_MS = 5000;
/** Answers remembered. Scrapers send the same credentials each time; whoever guesses pushes out other guesses only. */
const REMEMBERED = 128;
/** Checks waiting for the thread; more are refused, so that a flood of guesses costs one CPU at most and no memory. */
const WAITING = 32;
// Compared with for users that do not exist, so that the time of an answer does not tell who does.
const NOBODY = '.invalidinvalidinvalidinvalidinvalidinvalidinvalidinv';

/** What became of a check: `busy` if it could not be made now. */
export type PasswordVerdict = 'right' | 'wrong' | 'busy';

/** Checks passwords against bcrypt hashes: the first time in a thread, which ends when idle, then from memory. */
export class PasswordCheck {
  // The memory holds no password: only what this process alone can make of one.
  readonly #secret = randomBytes(32);
  // Apart, so that guesses cannot push out the one right answer.
  readonly #right = new Set<string>();
  readonly #wrong = new Set<string>();
  readonly #running = new Map<string, Promise<PasswordVerdict>>();
  #thread: HashThread | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Whether `password` is that of `user` among `users` (name to hash). Equal questions at one time are asked once. */
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
    if (this.#running.size >= WAITING) return Promise.resolve('busy');
    const check = this.#compare(key, password, hash, known);
    this.#running.set(key, check);
    return check;
  }

  /** Ends the thread. Checks under way answer `busy`. */
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

function remember(answers: Set<string>, key: string): void {
  answers.add(key);
  if (answers.size > REMEMBERED) answers.delete(answers.values().next().value!);
}

function unknownUserHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => hash.slice(4, 6)).sort();
  return `$2b$${costs.at(-1) ?? '10'}$${NOBODY}`;
}
