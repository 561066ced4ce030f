import type { FastifyInstance } from 'fastify';
import type { Exporter } from './exporter.js';
import { LANDING_POLICY, landingPage } from './landing_page.js';

/** Adds the status of the probes: a page at `/`, JSON at `/probes`. Neither reads the kernel. */
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
    url: '/probes',
    async handler(_request, reply) {
      reply.type('application/json; charset=utf-8');
      return `${JSON.stringify({ version: exporter.version, ready: exporter.ready(), probes: exporter.probes() }, null, 2)}\n`;
    },
  });
}
