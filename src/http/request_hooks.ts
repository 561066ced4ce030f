import type { FastifyInstance } from 'fastify';
import type { Logger } from '../log.js';
import type { Access } from './access.js';
import { HEALTH_PATHS } from './lifecycle_routes.js';
import type { OpenRequests } from './open_requests.js';
import type { RateLimiter } from './rate_limiter.js';
import { SECURITY_HEADERS } from './security_headers.js';
import { answer } from './text_answer.js';

export interface HookOptions {
  readonly requests: OpenRequests;
  readonly access: Access;
  readonly limiter: RateLimiter;
  readonly logger: Logger;
  /** Headers of the web configuration in force. */
  readonly configuredHeaders: () => Readonly<Record<string, string>>;
}

/** Adds what happens to every request: admission, response headers, the log line. */
export function requestHooks(app: FastifyInstance, options: HookOptions): void {
  const { requests, access, limiter, logger, configuredHeaders } = options;
  app.addHook('onRequest', async (request, reply) => {
    requests.add(reply.raw);
    if (requests.closing) return answer(reply.header('connection', 'close'), 503, 'SantaBPF is shutting down.\n');
    // Fastify would take it for the path `/`.
    if (request.raw.url === '*') return answer(reply, 400, 'The request names no path.\n');
    // Probes of a kubelet or a load balancer have no password, and a refusal would restart the exporter.
    if (HEALTH_PATHS.includes(request.routeOptions.url ?? '')) return undefined;
    const seconds = limiter.refuse();
    if (seconds !== undefined) {
      reply.header('retry-after', String(Math.ceil(seconds)));
      return answer(reply, 429, 'Too many requests: the rate limit of the web configuration file is reached.\n');
    }
    if (await access.refuse(request, reply)) return reply;
  });
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    reply.headers(configuredHeaders());
    if (requests.closing) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async ({ method, url, ip }, { statusCode, elapsedTime }) => {
    logger.debug({ method, url, client: ip, status: statusCode, milliseconds: Math.round(elapsedTime) }, 'Answered');
  });
}
