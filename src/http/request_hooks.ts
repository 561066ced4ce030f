import type { FastifyInstance } from 'fastify';
import type { Logger } from '../log.js';
import type { Access } from './access.js';
import type { OpenRequests } from './open_requests.js';
import { SECURITY_HEADERS } from './security_headers.js';
import { answer } from './text_answer.js';

export interface HookOptions {
  readonly requests: OpenRequests;
  readonly access: Access;
  readonly logger: Logger;
  /** Headers of the web configuration in force. */
  readonly configuredHeaders: () => Readonly<Record<string, string>>;
}

/** Adds what happens to every request: admission, response headers, the log line. */
export function requestHooks(app: FastifyInstance, options: HookOptions): void {
  const { requests, access, logger, configuredHeaders } = options;
  app.addHook('onRequest', async (request, reply) => {
    requests.add(reply.raw);
    if (requests.closing) return answer(reply.header('connection', 'close'), 503, 'SantaBPF is shutting down.\n');
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
