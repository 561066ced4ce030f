import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fault } from '../errors/fault.js';
import { negotiate } from '../exposition/negotiate.js';
import type { Logger } from '../log.js';
import { acceptedEncoding } from './accepted_encoding.js';
import type { Exporter } from './exporter.js';
import { filteredProbes } from './probe_filter.js';
import { ScrapeSharing } from './scrape_sharing.js';
import { WholeBody } from './whole_body.js';

/** Connections of slower clients are closed: each counts against the limit of concurrent scrapes. */
const RESPONSE_MS = 120_000;
/** Share of the scrape timeout for reading the kernel. The rest is for the transfer. */
const READ_SHARE = 0.95;

export interface MetricsOptions {
  readonly path: string;
  /** Maximum number of concurrent scrapes; 0: no limit. */
  readonly maxRequests: number;
  readonly logger: Logger;
}

/** Adds the path of the metrics. HEAD does not read the kernel. */
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
      const probes = filteredProbes(request.query, () => exporter.probes().map(({ name }) => name));
      reply.header('vary', 'accept, accept-encoding');
      if (request.method === 'HEAD') return reply.type(contentType).send();
      admit(reply);
      const body = await within(scrapeTimeout(request), sharing.scrape(format, encoding, probes));
      reply.type(contentType);
      if (encoding === 'gzip') reply.header('content-encoding', 'gzip');
      return reply.send(new WholeBody(logged(body, logger)));
    },
  });
}

/** The scrape timeout that Prometheus sends, in seconds. */
function scrapeTimeout({ headers }: FastifyRequest): number | undefined {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
  return seconds > 0 && seconds < 86_400 ? seconds : undefined;
}

async function within<T>(seconds: number | undefined, result: Promise<T>): Promise<T> {
  if (seconds === undefined) return await result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault('SCRAPE_TIMEOUT', { seconds })), seconds * 1000 * READ_SHARE);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Once the headers are sent, only closing the connection signals an error to the client. The log has the reason.
async function* logged(body: AsyncIterable<Buffer>, logger: Logger): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    logger.error({ err: error }, 'A scrape response was cut off');
    throw error;
  }
}
