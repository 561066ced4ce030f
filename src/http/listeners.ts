import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fault } from '../errors/fault.js';
import { formatListenAddress, type ListenAddress } from './listen_address.js';
import { admitsClient, type TlsConfiguration } from './tls_options.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // How often the two above are looked at; by default so seldom that they would be half a minute late.
  connectionsCheckingInterval: 2000,
  // Longer than scrape intervals usually are, so that a scraper keeps its connection.
  keepAliveTimeout: 125_000,
  maxHeaderSize: 16 * 1024,
} as const;
/** A connection on which nothing moves for that long, while a request is answered, is closed. */
const INACTIVE_MS = 60_000;
const MAX_CONNECTIONS = 1024;

/** The sockets of the server: one or more addresses, with TLS on each of them or on none. */
export class Listeners {
  readonly #servers: Server[] = [];
  readonly #handler: Handler;
  readonly #tls: (() => TlsConfiguration) | undefined;

  /** @param tls what is in force for the next connection; absent: no TLS */
  constructor(handler: Handler, tls?: () => TlsConfiguration) {
    this.#handler = handler;
    this.#tls = tls;
  }

  /**
   * Listens on all addresses or on none.
   * @returns the URLs that they answer at
   * @throws SantaError LISTEN_FAILED for the first address that cannot be had
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

  /** Takes no new connections and closes those without a request. */
  stop(): void {
    for (const server of this.#servers) server.close();
  }

  /** Closes everything at once. */
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
    const server = this.#tls === undefined ? createServer(LIMITS, this.#handler) : await this.#secureServer(this.#tls);
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

  async #secureServer(tls: () => TlsConfiguration): Promise<Server> {
    const { createServer: createSecureServer } = await import('node:https');
    let used = tls();
    const options = {
      ...LIMITS,
      ...used.context,
      handshakeTimeout: LIMITS.headersTimeout,
      requestCert: used.clientAuth !== 'NoClientCert',
      // Refusing is left to the policy below, which can change while the server runs.
      rejectUnauthorized: false,
    };
    const server = createSecureServer(options, this.#handler);
    // Before the handshake, so that a certificate that was rotated serves the very next client.
    server.prependListener('connection', () => {
      const current = tls();
      if (current === used) return;
      used = current;
      server.setSecureContext(current.context);
    });
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      if (!admitsClient(tls(), socket)) socket.destroy();
    });
    return server;
  }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: 'EADDRINUSE: the port is taken',
    EACCES: 'EACCES: this port needs a privilege',
    EADDRNOTAVAIL: 'EADDRNOTAVAIL: no interface has this address',
    ENOTFOUND: 'ENOTFOUND: the name has no address',
  };
  return (code === undefined ? undefined : known[code]) ?? message;
}
