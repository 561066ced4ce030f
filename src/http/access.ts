import { BlockList, isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultParameters } from '../errors/catalogue.js';
import { clientNetwork } from './client_network.js';
import { PasswordCheck } from './password_check.js';
import { answer } from './text_answer.js';
import { isVerifiedClient } from './tls_options.js';
import type { WebConfigurationFile } from './web_configuration_file.js';

/** Decides which clients may read and which may reload. */
export class Access {
  readonly #web: WebConfigurationFile | undefined;
  readonly #enableLifecycle: boolean;
  readonly #passwords = new PasswordCheck();

  constructor(web: WebConfigurationFile | undefined, enableLifecycle: boolean) {
    this.#web = web;
    this.#enableLifecycle = enableLifecycle;
  }

  /** Without valid credentials of a configured user: answers the request and returns true. */
  async refuse(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const users = this.#web?.current.users;
    if (users === undefined || users.size === 0) return false;
    const credentials = readCredentials(request.headers.authorization);
    const client = clientNetwork(request.ip);
    const verdict = credentials === undefined ? 'wrong' : await this.#passwords.verify(users, ...credentials, client);
    if (verdict === 'right') return false;
    if (verdict === 'busy') {
      answer(reply.header('retry-after', '1'), 503, 'Too many password checks are in progress. Try again later.\n');
    } else {
      reply.header('www-authenticate', 'Basic realm="SantaBPF", charset="UTF-8"');
      answer(reply, 401, 'Log in as a user of the web configuration file.\n');
    }
    return true;
  }

  /** The origin that bars this request from reloading, or undefined if it may reload. Call `refuse` first. */
  refusedReloadOrigin(request: FastifyRequest): FaultParameters<'RELOAD_REFUSED'>['origin'] | undefined {
    // Browsers send the origin with every POST, curl does not: a web page must not trigger a reload from its reader's browser.
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) return 'a web page';
    const { users, tls } = this.#web?.current ?? {};
    const known =
      (users !== undefined && users.size > 0) ||
      (tls !== undefined && isVerifiedClient(tls, request.raw.socket as TLSSocket));
    if (this.#enableLifecycle || known) return undefined;
    // A proxy on this machine forwards requests from anywhere.
    const { 'x-forwarded-for': forwardedFor, forwarded, via, 'x-real-ip': realIp } = request.headers;
    if ((forwardedFor ?? forwarded ?? via ?? realIp) !== undefined) return 'a proxy';
    return isLoopback(request.raw.socket.remoteAddress) ? undefined : 'another machine';
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

// Matches IPv4-mapped addresses (::ffff:127.0.0.1) too.
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

function isLoopback(address = ''): boolean {
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
