import { utimesSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { Certificates } from './certificates.js';
import { HttpServers } from './http_servers.js';

/** The certificate settings that servers of a test use. */
export const SERVER_CERTIFICATE = 'cert_file: server.crt, key_file: server.key';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, unknown>;
  readonly certificate: PeerCertificate | undefined;
}

/** Servers with a web configuration file in one folder, and requests to them. */
export class SecureServers extends HttpServers {
  readonly #folder: string;
  readonly #authority: Certificates;
  #writes = 0;

  constructor(folder: string, authority: Certificates) {
    super();
    this.#folder = folder;
    this.#authority = authority;
  }

  /** Writes the web configuration file. */
  configure(text: string): string {
    const file = join(this.#folder, 'web.yaml');
    writeFileSync(file, text);
    // Two writes within the resolution of file times would look the same.
    utimesSync(file, new Date(), new Date(1e12 + 1000 * ++this.#writes));
    return file;
  }

  /** Starts a server with this web configuration. */
  async start(text: string) {
    const { exporter, url, lines } = await this.listen({ configFile: this.configure(text) });
    return { exporter, url: new URL(url), lines };
  }

  ask(url: URL, path = '/metrics', options: RequestOptions = {}): Promise<Answer> {
    const make = url.protocol === 'https:' ? request : plainRequest;
    const { authority: ca } = this.#authority;
    return new Promise((resolve, reject) => {
      const asked = make(new URL(path, url), { agent: false, ca, ...options }, (response) => {
        const { socket } = response;
        const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers, certificate }),
        );
        response.on('error', reject);
      });
      asked.on('error', reject).end();
    });
  }
}
