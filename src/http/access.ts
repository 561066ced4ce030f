import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PasswordCheck } from './password_check.js';
import { isVerifiedClient } from './tls_options.js';
import type { WebConfigurationFile } from './web_configuration_file.js';

/** Decides who may read and who may reload. */
export class Access {
  readonly #web: WebConfigurationFile | undefined;
  readonly #enableLifecycle: boolean;
  readonly #passwords = new PasswordCheck();

  constructor(web: WebConfigurationFile | undefined, enableLifecycle: boolean) {
    this.#web = web;
    this.#enableLifecycle = enableLifecycle;
  }

  /** Answers the request, and returns true, if its client is not a known user though users are configured. */
  async refuse(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const users = this.#web?.current.users;
    if (users === undefined || users.size === 0) return false;
    const credentials = readCredentials(request.headers.authorization);
    const verdict = credentials === undefined ? 'wrong' : await this.#passwords.verify(users, ...credentials);
    if (verdict === 'right') return false;
    if (verdict === 'busy') {
      reply.code(503).header('retry-after', '1').type('text/plain; charset=utf-8');
      reply.send('Too many passwords are being checked; try again later.\n');
    } else {
      reply
        .code(401)
        .header('www-authenticate', 'Basic realm="SantaBPF", charset="UTF-8"')
        .type('text/plain; charset=utf-8');
      reply.send('Expected the name and password of a user of the web configuration file.\n');
    }
    return true;
  }

  /** Why this request may not reload the configuration, or undefined if it may. Asked after `refuse`. */
  reloadObstacle(request: FastifyRequest): string | undefined {
    // Browsers name the page's origin with every POST, scripts and curl do not: no page may make its reader reload us.
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) return 'a web page';
    const { users, tls } = this.#web?.current ?? {};
    const known =
      (users !== undefined && users.size > 0) ||
      (tls !== undefined && isVerifiedClient(tls, request.raw.socket as TLSSocket));
    if (this.#enableLifecycle || known) return undefined;
    // A proxy on this machine speaks for the whole world.
    const { 'x-forwarded-for': forwardedFor, forwarded, via, 'x-real-ip': realIp } = request.headers;
    if ((forwardedFor ?? forwarded ?? via ?? realIp) !== undefined) return 'one behind a proxy';
    return isLoopback(request.raw.socket.remoteAddress) ? undefined : 'one of another machine';
  }

  async close(): Promise<void> {
    await this.#passwords.close();
  }
}

function readCredentials(header: string | undefined): [user: string, password: string] | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1];
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  return user === undefined || password === undefined ? undefined : [user, password];
}

function isLoopback(address = ''): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
