import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections.js';
import { LIMITS } from './limits.js';

/**
 * Answers the requests of a connection one after the other, as far as clients send them ahead. Node.js would answer all of them
 * at once: two thousand landing pages for 64 KiB.
 */
export class RequestOrder {
  readonly #connections: Connections;
  /** Answers that wait for the one in progress, by connection. */
  readonly #waiting = new WeakMap<Socket, (() => void)[]>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Calls `answer` when all earlier requests of the connection are answered; never if the connection ends first. */
  enter({ socket }: IncomingMessage, response: ServerResponse, answer: () => void): void {
    // Requests that were parsed already may arrive after the connection has been closed.
    if (socket.destroyed) return;
    const waiting = this.#waiting.get(socket);
    const begin = () => {
      this.#connections.began(socket);
      response.once('close', () => this.#next(socket));
      answer();
    };
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      begin();
    } else if (waiting.push(begin) > LIMITS.pipelinedRequests) {
      stopParsing(socket);
      socket.destroy();
    }
  }

  #next(socket: Socket): void {
    const next = socket.destroyed ? undefined : this.#waiting.get(socket)?.shift();
    if (next === undefined) {
      this.#waiting.delete(socket);
      this.#connections.answered(socket);
    } else {
      next();
    }
  }
}

/**
 * Node.js parses all requests that it has received, up to 2,600, and keeps them until the connection has been closed, after
 * those of all other connections. It has no public way to stop: 2 means for its parser that another protocol follows. Where the
 * parser differs, `enter` drops those requests.
 */
function stopParsing(socket: Socket & { parser?: { onIncoming?: unknown } | null }): void {
  if (typeof socket.parser?.onIncoming === 'function') socket.parser.onIncoming = () => 2;
}
