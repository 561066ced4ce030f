import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fault } from '../errors/fault.js';
import { negotiate } from '../exposition/negotiate.js';
import type { Logger } from '../log.js';
import { acceptedEncoding } from './accepted_encoding.js';
import type { Exporter } from './exporter.js';
import { ScrapeSharing } from './scrape_sharing.js';
import { WholeBody } from './whole_body.js';

/** A client that has not taken its answer by then is let go: it holds a place among the scrapes. */
const RESPONSE_MS = 120_000;
/** Of the scraper's patience, what the kernel may use: the rest is for the way back. */
const PATIENCE = 0.95;

export interface MetricsOptions {
  readonly path: string;
  /** Scrapes at the same time; 0 is no limit. */
  readonly maxRequests: number;
  readonly logger: Logger;
}

/** Serves the metrics. HEAD is answered without reading the kernel. */
export function metricsRoute(
  app: FastifyInstance,
  exporter: Exporter,
  { path, maxRequests, logger }: MetricsOptions,
): void {
  const sharing = new ScrapeSharing(exporter);
  let open = 0;

  const admit = (reply: FastifyReply): void => {
    if (maxRequests > 0 && open >= maxRequests) throw fault('SCRAPE_LIMIT', { limit: maxRequests });
    open++;
    const deadline = setTimeout(() => reply.raw.destroy(), RESPONSE_MS);
    reply.raw.once('close', () => {
      clearTimeout(deadline);
      open--;
    });
  };

  app.route({
    method: ['GET', 'HEAD'],
    url: path,
    async handler(request, reply) {
      const { format, contentType } = negotiate(request.headers.accept);
      const encoding = acceptedEncoding(request.headers['accept-encoding']);
      reply.header('vary', 'accept, accept-encoding');
      if (request.method === 'HEAD') return reply.type(contentType).send();
      admit(reply);
      const body = await within(scrapeTimeout(request), sharing.scrape(format, encoding));
      reply.type(contentType);
      if (encoding === 'gzip') reply.header('content-encoding', 'gzip');
      return reply.send(new WholeBody(logged(body, logger)));
    },
  });
}

/** What the scraper says it waits, in seconds. */
function scrapeTimeout({ headers }: FastifyRequest): number | undefined {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
  return seconds > 0 && seconds < 86_400 ? seconds : undefined;
}

async function within<T>(seconds: number | undefined, result: Promise<T>): Promise<T> {
  if (seconds === undefined) return await result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault('SCRAPE_TIMEOUT', { seconds })), seconds * 1000 * PATIENCE);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Once the headers are gone, cutting the connection is all that tells the client; the log tells why.
async function* logged(body: AsyncIterable<Buffer>, logger: Logger): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    logger.error({ err: error }, 'A scrape broke off');
    throw error;
  }
}
