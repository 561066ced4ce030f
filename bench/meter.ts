import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { meterProgram } from './compiled.js';

export interface HttpRequest {
  readonly port: number;
  readonly path: string;
  readonly accept: string;
  readonly encoding: string;
}

/** The program of meter.c, which times what is to be free of a JavaScript engine. One command at a time. */
export class Meter {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#process = spawn(meterProgram(), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Id of the only map of a process that has the keys of the scrape benchmark. */
  async findMap(pid: number): Promise<number> {
    return (await this.#ask(`find ${pid}`))[0]!;
  }

  async fill(map: number, entries: number): Promise<void> {
    await this.#ask(`fill ${map} ${entries}`);
  }

  /** Has every entry counted up, as by events. */
  async move(): Promise<void> {
    await this.#ask('move');
  }

  /** @returns milliseconds of one batch read of the whole map */
  async read(map: number): Promise<{ milliseconds: number; entries: number }> {
    const [nanoseconds, entries] = await this.#ask(`read ${map}`);
    return { milliseconds: nanoseconds! / 1e6, entries: entries! };
  }

  /** @returns milliseconds from before the connection to the last byte of the answer */
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
    if (done) throw new Error(`the meter ended at "${command}"`);
    return value.split(' ').map(Number);
  }
}
