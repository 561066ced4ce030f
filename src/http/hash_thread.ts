import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { compareSync } = require(workerData);
parentPort.on('message', ({ id, password, hash }) => {
  let same = false;
  try { same = compareSync(password, hash); } catch {}
  parentPort.postMessage({ id, same });
});`;

/** Compares passwords with bcrypt hashes in a thread: bcryptjs blocks its event loop for up to 100 ms at a time. */
export class HashThread {
  readonly #worker: Worker;
  readonly #answers = new Map<number, (same: boolean | undefined) => void>();
  #lastId = 0;

  constructor() {
    this.#worker = new Worker(PROGRAM, {
      eval: true,
      workerData: createRequire(import.meta.url).resolve('bcryptjs'),
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.unref();
    this.#worker.on('message', ({ id, same }: { id: number; same: boolean }) => {
      this.#answers.get(id)?.(same);
      this.#answers.delete(id);
    });
    // An error ends the thread; the exit event follows.
    this.#worker.on('error', () => {});
    this.#worker.on('exit', () => {
      for (const answer of this.#answers.values()) answer(undefined);
      this.#answers.clear();
    });
  }

  /** Whether the password matches the hash; undefined if the thread ended first. */
  compare(password: string, hash: string): Promise<boolean | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#worker.postMessage({ id, password, hash });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
