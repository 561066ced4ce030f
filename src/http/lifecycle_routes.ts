import type { FastifyInstance } from 'fastify';
import { fault } from '../errors/fault.js';
import type { Access } from './access.js';
import type { Exporter } from './exporter.js';

/** The paths that anybody may ask at any time. They tell nothing about the host. */
export const HEALTH_PATHS: readonly string[] = ['/-/healthy', '/-/ready'];

/** Adds `/-/healthy`, `/-/ready` and `/-/reload`, as in Prometheus. */
export function lifecycleRoutes(app: FastifyInstance, exporter: Exporter, access: Access): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/-/healthy',
    handler: async () => 'SantaBPF is healthy.\n',
  });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/-/ready',
    async handler(_request, reply) {
      if (exporter.ready()) return 'SantaBPF is ready.\n';
      return reply.code(503).send('SantaBPF is loading its probes.\n');
    },
  });
  app.route({
    method: ['POST', 'PUT'],
    url: '/-/reload',
    async handler(request) {
      const origin = access.refusedReloadOrigin(request);
      if (origin !== undefined) throw fault('RELOAD_REFUSED', { origin });
      await exporter.reload();
      return 'Reloaded the configuration.\n';
    },
  });
}
