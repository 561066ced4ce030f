import type { FastifyInstance } from 'fastify';
import type { Exporter } from './exporter.js';
import { hostScript } from './host_script.js';
import { LANDING_POLICY, landingPage } from './landing_page.js';

/** Adds the status of the probes: a page at `/` and its script, JSON at `/probes`. Neither reads the kernel. */
export function statusRoutes(app: FastifyInstance, exporter: Exporter, telemetryPath: string): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/',
    async handler(_request, reply) {
      reply.type('text/html; charset=utf-8').header('content-security-policy', LANDING_POLICY);
      return landingPage(exporter, telemetryPath);
    },
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/host-:hash.js',
    async handler({ url }, reply) {
      // A page that was opened before an update asks for the earlier one: it gets this one, but does not keep it.
      const { path, text } = hostScript();
      const isCurrent = url === path;
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', isCurrent ? 'private, max-age=31536000, immutable' : 'no-store');
      return text;
    },
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/probes',
    async handler(_request, reply) {
      reply.type('application/json; charset=utf-8');
      return `${JSON.stringify({ version: exporter.version, ready: exporter.ready(), probes: exporter.probes() }, null, 2)}\n`;
    },
  });
}
