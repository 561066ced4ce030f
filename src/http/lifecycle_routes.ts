import type { FastifyInstance } from 'fastify';
import { fault } from '../errors.js';
import type { Access } from './access.js';
import type { Exporter } from './exporter.js';

/** Serves `/-/healthy`, `/-/ready` and `/-/reload`, as Prometheus does. */
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
      const reason = access.reloadObstacle(request);
      if (reason !== undefined) throw fault('RELOAD_REFUSED', { reason });
      await exporter.reload();
      return 'Reloaded the configuration.\n';
    },
  });
}
