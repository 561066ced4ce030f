import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { meterProgram } from './compiled.js';

export interface HttpRequest {
  readonly port: number;
  readonly path: string;
  readonly accept: string;
  readonly encoding: string;
}

/** The program of meter.c: measures without a JavaScript engine. One command at a time. */
export class Meter {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#process = spawn(meterProgram(), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** The id of the map of the scrape benchmark in a process, found by its key size. */
  async findMap(pid: number): Promise<number> {
    return (await this.#ask(`find ${pid}`))[0]!;
  }

  async fill(map: number, entries: number): Promise<void> {
    await this.#ask(`fill ${map} ${entries}`);
  }

  /** Increments every entry, as events do. */
  async move(): Promise<void> {
    await this.#ask('move');
  }

  /** @returns milliseconds of one batch read of the whole map */
  async read(map: number): Promise<{ milliseconds: number; entries: number }> {
    const [nanoseconds, entries] = await this.#ask(`read ${map}`);
    return { milliseconds: nanoseconds! / 1e6, entries: entries! };
  }

  /** @returns milliseconds from the request to the last byte of the answer, on a kept-alive connection */
  async get({ port, path, accept, encoding }: HttpRequest): Promise<{ milliseconds: number; bytes: number }> {
    const [nanoseconds, bytes] = await this.#ask(`get ${port} ${path} ${accept} ${encoding}`);
    return { milliseconds: nanoseconds! / 1e6, bytes: bytes! };
  }

  close(): void {
    this.#process.stdin!.end();
  }

  async #ask(command: string): Promise<number[]> {
    this.#process.stdin!.write(`${command}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`The meter ended at "${command}"`);
    return value.split(' ').map(Number);
  }
}
