import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { SECURITY_HEADERS } from './security_headers.js';
import { answer } from './text_answer.js';

/** A fastify application without routes: it accepts and ignores request bodies of any type. */
export function createApplication(): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    // A request may name the whole URL, as if it were sent to a proxy.
    rewriteUrl: ({ url = '/' }) => url.replace(/^https?:\/\/[^/?#]*\/?/i, '/'),
    // No route has a schema. By default fastify loads a validator and a serializer, which take 2 MB.
    schemaController: { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } },
    frameworkErrors: (_error, _request, reply) => {
      // Hooks do not run for these requests.
      const bare = reply as unknown as FastifyReply;
      answer(bare.headers(SECURITY_HEADERS), 400, 'The path is not valid percent-encoding.\n');
    },
  });
  app.removeAllContentTypeParsers();
  // The body was discarded already.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  return app;
}

function refuseSchema(): never {
  throw new Error('No route has a schema');
}
