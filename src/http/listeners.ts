import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fault } from '../errors/fault.js';
import { connectionOptions } from './connection_options.js';
import type { Connections } from './connections.js';
import { LIMITS } from './limits.js';
import { formatListenAddress, type ListenAddress } from './listen_address.js';
import { createSecureServer } from './secure_server.js';
import type { TlsConfiguration } from './tls_options.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Connections that may wait until the exporter accepts them. When the queue is full, a scraper waits a second for its next try. */
const ACCEPT_QUEUE = 4096;

const CONNECT_ANSWER =
  'HTTP/1.1 405 Method Not Allowed\r\nallow: GET, HEAD\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/** The listening sockets of the server: one or more addresses, with TLS on all of them or on none. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #handler: Handler;
  readonly #connections: Connections;
  readonly #tls: (() => TlsConfiguration) | undefined;

  /**
   * @param connections gets every connection
   * @param tls returns the configuration in force for the next connection; absent: no TLS
   */
  constructor(handler: Handler, connections: Connections, tls?: () => TlsConfiguration) {
    this.#handler = handler;
    this.#connections = connections;
    this.#tls = tls;
  }

  /**
   * Listens on all addresses or on none.
   * @returns the URL of each address
   * @throws SantaError LISTEN_FAILED for the first address that fails
   */
  async listen(addresses: readonly ListenAddress[]): Promise<string[]> {
    const urls: string[] = [];
    for (const address of addresses) {
      try {
        urls.push(await this.#listen(address));
      } catch (cause) {
        await this.close();
        const reason = reasonOf(cause as NodeJS.ErrnoException);
        throw fault('LISTEN_FAILED', { address: formatListenAddress(address), reason }, { cause });
      }
    }
    return urls;
  }

  /** Accepts no new connections and closes idle ones. */
  stop(): void {
    for (const server of this.#servers) server.close();
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    const servers = this.#servers.splice(0);
    await Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  }

  async #listen(address: ListenAddress): Promise<string> {
    const server =
      this.#tls === undefined
        ? createServer(connectionOptions(), this.#handler)
        : await createSecureServer(this.#handler, this.#tls);
    server.timeout = LIMITS.inactiveMs;
    server.on('connection', (socket: Socket) => this.#connections.add(socket));
    // Without these, Node.js asks for a body before its size is checked, and closes the connection without an answer.
    server.on('checkContinue', this.#handler);
    server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
      socket.on('error', () => {}).end(CONNECT_ANSWER);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...address, backlog: ACCEPT_QUEUE }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#servers.push(server);
    const { port } = server.address() as AddressInfo;
    const host = address.host === undefined || isWildcard(address.host) ? 'localhost' : address.host;
    return `${this.#tls === undefined ? 'http' : 'https'}://${formatListenAddress({ host, port })}`;
  }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'EADDRINUSE: the port is in use',
    EACCES: 'EACCES: this port requires CAP_NET_BIND_SERVICE',
    EADDRNOTAVAIL: 'EADDRNOTAVAIL: no network interface has this address',
    ENOTFOUND: 'ENOTFOUND: the host name does not resolve',
  };
  return (code === undefined ? undefined : known[code]) ?? message;
}
