import type { FastifyInstance } from 'fastify';
import { LIVE_PROBES } from '../live/panels.js';
import type { Exporter } from './exporter.js';
import type { ScrapeSharing } from './scrape_sharing.js';

export const LIVE_PATH = '/live';

/** However many pages are open, the kernel is read once in this time. */
const FRESH_MILLISECONDS = 2000;

/** Adds what the host does now, as JSON for the landing page (`src/live/digest.ts`). Reads some probes, at most every two seconds. */
export function liveRoute(app: FastifyInstance, exporter: Exporter, sharing: ScrapeSharing): void {
  let newest: { readonly text: Promise<string>; readonly since: number } | undefined;

  async function read(): Promise<string> {
    const configured = new Set(exporter.probes().map(({ name }) => name));
    const probes = new Set(LIVE_PROBES.filter((name) => configured.has(name)));
    const { reader, ready } = sharing.scrape('live', 'identity', probes, exporter.probeDeadline());
    await ready;
    const chunks: Buffer[] = [];
    for await (const chunk of reader.read()) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString();
  }

  app.route({
    method: 'GET',
    url: LIVE_PATH,
    async handler(_request, reply) {
      const now = performance.now();
      if (newest === undefined || now - newest.since >= FRESH_MILLISECONDS) {
        const reading = { text: read(), since: now };
        newest = reading;
        reading.text.catch(() => {
          if (newest === reading) newest = undefined;
        });
      }
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
      return await newest.text;
    },
  });
}
