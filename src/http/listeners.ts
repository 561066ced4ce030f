import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fault } from '../errors/fault.js';
import { CONNECTION_LIMITS } from './connection_limits.js';
import { formatListenAddress, type ListenAddress } from './listen_address.js';
import { createSecureServer } from './secure_server.js';
import type { TlsConfiguration } from './tls_options.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A connection without traffic for this long is closed while a request is open. */
const INACTIVE_MS = 60_000;
const MAX_CONNECTIONS = 1024;

/** The listening sockets of the server: one or more addresses, with TLS on all of them or on none. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #handler: Handler;
  readonly #tls: (() => TlsConfiguration) | undefined;

  /** @param tls returns the configuration in force for the next connection; absent: no TLS */
  constructor(handler: Handler, tls?: () => TlsConfiguration) {
    this.#handler = handler;
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
        ? createServer(CONNECTION_LIMITS, this.#handler)
        : await createSecureServer(this.#handler, this.#tls);
    server.timeout = INACTIVE_MS;
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, () => {
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
