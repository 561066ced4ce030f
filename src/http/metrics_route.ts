import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fault } from '../errors/fault.js';
import { negotiate } from '../exposition/negotiate.js';
import { acceptedEncoding } from './accepted_encoding.js';
import { clientNetwork } from './client_network.js';
import type { Exporter } from './exporter.js';
import { LIMITS } from './limits.js';
import { filteredProbes } from './probe_filter.js';
import type { RepeatedWarnings } from './repeated_warnings.js';
import { ScrapePlaces } from './scrape_places.js';
import type { ScrapeSharing } from './scrape_sharing.js';
import { Transfer } from './transfer.js';
import type { Transfers } from './transfers.js';

/** Share of the scrape timeout for reading the kernel. The rest is for the transfer. */
const READ_SHARE = 0.95;
/** An answer goes on for this long after the scrape timeout: the clocks of the client and the exporter do not start together. */
const GRACE_MS = 1000;

export interface MetricsOptions {
  readonly path: string;
  /** Maximum number of concurrent scrapes; 0: no limit. */
  readonly maxRequests: number;
  readonly warnings: RepeatedWarnings;
  readonly transfers: Transfers;
  readonly sharing: ScrapeSharing;
}

/** Adds the path of the metrics. HEAD does not read the kernel. */
export function metricsRoute(
  app: FastifyInstance,
  exporter: Exporter,
  { path, maxRequests, warnings, transfers, sharing }: MetricsOptions,
): void {
  const places = new ScrapePlaces(maxRequests);

  app.route({
    method: ['GET', 'HEAD'],
    url: path,
    async handler(request, reply) {
      const { format, contentType } = negotiate(request.headers.accept);
      const encoding = acceptedEncoding(request.headers['accept-encoding']);
      const probes = filteredProbes(request.query, () => exporter.probes().map(({ name }) => name));
      reply.header('vary', 'accept, accept-encoding');
      if (request.method === 'HEAD') return reply.type(contentType).send();

      let transfer: Transfer | undefined;
      const client = clientNetwork(request.ip);
      const holder = { client, isSlow: () => transfer?.isSlow === true };
      if (!places.take(holder)) throw fault('SCRAPE_LIMIT', { limit: maxRequests });
      const timeout = scrapeTimeout(request);
      const patience = Math.min(timeout === undefined ? Infinity : timeout + GRACE_MS, LIMITS.responseMs);
      const deadline = setTimeout(() => reply.raw.destroy(), patience);
      const scrape = sharing.scrape(format, encoding, probes, exporter.probeDeadline(timeout));
      transfer = new Transfer(client, scrape, reply.raw, transfers);
      transfers.watch(transfer);
      reply.raw.once('close', () => {
        clearTimeout(deadline);
        places.leave(holder);
        transfers.leave(transfer);
      });
      await within(timeout, scrape.ready);
      transfer.once('error', (err) => warnings.warn('A scrape response was cut off', { err }, 'error'));
      reply.type(contentType);
      if (encoding === 'gzip') reply.header('content-encoding', 'gzip');
      return reply.send(transfer);
    },
  });
}

/** The scrape timeout that Prometheus sends, in milliseconds. */
function scrapeTimeout({ headers }: FastifyRequest): number | undefined {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
  return seconds > 0 && seconds < 86_400 ? seconds * 1000 : undefined;
}

async function within<T>(milliseconds: number | undefined, result: Promise<T>): Promise<T> {
  if (milliseconds === undefined) return await result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const seconds = milliseconds / 1000;
    timer = setTimeout(() => reject(fault('SCRAPE_TIMEOUT', { seconds })), milliseconds * READ_SHARE);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
