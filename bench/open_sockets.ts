import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { socketHolderProgram } from './compiled.js';

/** Memory that the kernel takes for an open socket with its file, generously. */
const bytesPerSocket = 3500;

/** Other processes that hold many open sockets. The caller closes them. */
export class OpenSockets {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** TCP sockets without a connection. Resolves when all are open. */
  static unconnected(count: number): Promise<OpenSockets> {
    return OpenSockets.#open(count, ['sockets', String(count)]);
  }

  /** Connections over loopback, two sockets each, spread over network namespaces. Resolves when all are open. */
  static connected(count: number, namespaces: number): Promise<OpenSockets> {
    return OpenSockets.#open(2 * count, ['connections', String(count), String(namespaces)]);
  }

  /** @throws when the machine has too little memory */
  static async #open(sockets: number, parameters: readonly string[]): Promise<OpenSockets> {
    const available = Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]) * 1024;
    if (sockets * bytesPerSocket > available) {
      throw new Error(
        `${sockets} sockets need ${gigabytes(sockets * bytesPerSocket)}, and ${gigabytes(available)} are free. Choose fewer.`,
      );
    }
    const child = spawn(socketHolderProgram(), parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('close', (code) => reject(new Error(`socket_holder ${parameters.join(' ')} ended with ${code}`)));
    });
    return new OpenSockets(child);
  }

  /** Resolves when all are closed. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin!.end();
    await ended;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
