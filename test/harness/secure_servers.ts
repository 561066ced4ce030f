import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { readWebConfiguration } from '../../src/http/web_configuration.js';
import { WebConfigurationFile } from '../../src/http/web_configuration_file.js';
import type { Certificates } from './certificates.js';
import { HttpServers } from './http_servers.js';
import { keptLog } from './kept_log.js';

/** Time between two checks for changed files. */
export const CHECK_INTERVAL_MS = 20;

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
  readonly #followed: WebConfigurationFile[] = [];
  #writes = 0;

  constructor(folder: string, authority: Certificates) {
    super();
    this.#folder = folder;
    this.#authority = authority;
  }

  /** Writes the web configuration file. */
  configure(text: string): string {
    const file = join(this.#folder, 'web.yaml');
    const next = `${file}.next`;
    writeFileSync(next, text);
    // Two writes within the resolution of file times would look the same.
    utimesSync(next, new Date(), new Date(1e12 + 1000 * ++this.#writes));
    renameSync(next, file);
    return file;
  }

  /** Starts a server with this web configuration, which looks at its files every `intervalMs`. */
  async start(text: string, intervalMs = CHECK_INTERVAL_MS) {
    const file = this.configure(text);
    const { logger, lines } = keptLog();
    const web = await WebConfigurationFile.open(file, async () => readWebConfiguration(file), logger);
    web.follow(intervalMs);
    this.#followed.push(web);
    const { exporter, url } = await this.listen({ web });
    return { exporter, url: new URL(url), lines };
  }

  override async close(): Promise<void> {
    for (const web of this.#followed.splice(0)) web.close();
    await super.close();
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
