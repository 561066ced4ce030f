import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** The helper said why there is no answer. */
export class Refusal extends Error {
  /** @param isOfFile whether the file cannot be parsed; otherwise it could not be opened just now */
  constructor(
    reason: string,
    readonly isOfFile = false,
  ) {
    super(reason);
  }
}

/** What the helper answered, and what its worker cost. */
export interface Answer {
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly cpuMs: number;
}

interface Question {
  readonly request: string;
  readonly limitMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const headerBytes = 16;
/** Tables are smaller. */
const maximumPayload = 64 << 20;
/** A program that cannot start is not started again for so long. */
const pauseMs = 60_000;

/**
 * The program native/symbols, which opens and parses files of other processes. It is started with the first question, and
 * again after it ended or was too slow. Questions are asked one after the other.
 */
export class Helper {
  private readonly waiting: Question[] = [];
  private child: Child | undefined;
  private current: Question | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reply = new Reply();
  private hasAnswered = false;
  private pausedUntil = 0;
  private isClosed = false;
  /** How often the program was started. */
  starts = 0;

  /**
   * @param program path of the built program
   * @param proc path of /proc
   * @param onUnavailable called with the reason when the program does not start
   */
  constructor(
    private readonly program: string,
    private readonly proc: string,
    private readonly onUnavailable: (reason: string) => void,
  ) {}

  /**
   * Asks a question: see native/symbols/main.cc.
   * @throws Refusal if the helper has no answer; another Error if it ended or did not answer within `limitMs`
   */
  ask(request: string, limitMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) reject(new Refusal('closed'));
      else this.waiting.push({ request, limitMs, resolve, reject });
      this.next();
    });
  }

  /** Ends the program; open questions are refused. */
  close(): void {
    this.isClosed = true;
    this.refuseAll('closed');
    this.stop(new Refusal('closed'));
  }

  private refuseAll(reason: string): void {
    for (const question of this.waiting.splice(0)) question.reject(new Refusal(reason));
  }

  private next(): void {
    if (this.current !== undefined) return;
    if (this.child === undefined && performance.now() < this.pausedUntil) this.refuseAll('not running');
    const question = this.waiting.shift();
    if (question === undefined) return;
    this.current = question;
    this.timer = setTimeout(() => this.stop(new Error('no answer in time')), question.limitMs);
    this.timer.unref();
    this.child ??= this.start();
    this.child.stdin.write(`${question.request}\n`);
  }

  private start(): Child {
    this.starts++;
    this.hasAnswered = false;
    this.reply = new Reply();
    const child = spawn(this.program, [this.proc], { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
    child.on('error', ({ message }) => this.end(child, message));
    child.on('exit', (code, signal) => this.end(child, `it ended with ${signal ?? code}`));
    // Reported by `exit`.
    child.stdin.on('error', () => {});
    child.stdout.on('error', () => {});
    child.stdout.on('data', (data: Buffer) => {
      if (this.child === child) this.take(data);
    });
    // The exporter may end while the helper waits for a question.
    child.unref();
    (child.stdin as Socket).unref();
    (child.stdout as Socket).unref();
    return child;
  }

  private end(child: Child, reason: string): void {
    if (this.child !== child) return;
    if (!this.hasAnswered) {
      this.pausedUntil = performance.now() + pauseMs;
      this.onUnavailable(reason);
    }
    this.stop(new Error(reason));
  }

  private stop(reason: Error): void {
    const { child } = this;
    this.child = undefined;
    // One in a hanging file system does not die; nobody waits for it.
    child?.kill('SIGKILL');
    this.settle((question) => question.reject(reason));
  }

  private take(data: Buffer): void {
    if (!this.reply.add(data)) this.stop(new Error('an answer of no sense'));
    const { answer, failure } = this.reply;
    if (this.child === undefined || answer === undefined) return;
    this.reply = new Reply();
    this.hasAnswered = true;
    this.settle((question) => {
      if (failure === 0) question.resolve(answer);
      else question.reject(new Refusal(Buffer.from(answer.payload).toString('latin1'), failure === 1));
    });
  }

  private settle(how: (question: Question) => void): void {
    const { current } = this;
    clearTimeout(this.timer);
    this.current = undefined;
    if (current !== undefined) how(current);
    this.next();
  }
}

/** Collects the pieces of one answer. */
class Reply {
  private readonly header = Buffer.alloc(headerBytes);
  private length = 0;
  private payload: Uint8Array<ArrayBuffer> | undefined;

  /** False if the bytes are not an answer. */
  add(data: Buffer): boolean {
    let rest = data;
    if (this.length < headerBytes) {
      const count = rest.copy(this.header, this.length);
      this.length += count;
      rest = rest.subarray(count);
      if (this.length < headerBytes) return true;
      const size = this.header.readUInt32LE(0);
      if (size > maximumPayload) return false;
      this.payload = new Uint8Array(size);
    }
    if (this.length + rest.length > headerBytes + this.payload!.length) return false;
    this.payload!.set(rest, this.length - headerBytes);
    this.length += rest.length;
    return true;
  }

  get answer(): Answer | undefined {
    if (this.payload === undefined || this.length < headerBytes + this.payload.length) return undefined;
    return { payload: this.payload, cpuMs: this.header.readUInt32LE(8) / 1000 };
  }

  get failure(): number {
    return this.header.readUInt32LE(4);
  }
}
