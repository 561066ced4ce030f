import type { FastifyInstance } from 'fastify';
import { Faults, fault, SantaError } from '../errors/fault.js';
import { faultFields, type Logger } from '../log.js';
import type { Access } from './access.js';
import type { Exporter } from './exporter.js';

/** The paths that anybody may ask at any time. They tell nothing about the host. */
export const HEALTH_PATHS: readonly string[] = ['/-/healthy', '/-/ready'];

/** Adds `/-/healthy`, `/-/ready` and `/-/reload`, as in Prometheus. */
export function lifecycleRoutes(app: FastifyInstance, exporter: Exporter, access: Access, logger: Logger): void {
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
      try {
        await exporter.reload();
      } catch (error) {
        logFailure(logger, error);
        throw error;
      }
      return 'Reloaded the configuration.\n';
    },
  });
}

function logFailure(logger: Logger, error: unknown): void {
  const introduction = 'The configuration was not reloaded, nothing has changed';
  for (const one of error instanceof Faults ? error.faults : [error]) {
    const known = one instanceof SantaError;
    logger.error(known ? faultFields(one) : { err: one }, known ? `${introduction}: ${one.message}` : introduction);
  }
}
