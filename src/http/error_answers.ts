import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../errors/catalogue.js';
import { describeFault, Faults, SantaError } from '../errors/fault.js';
import type { RepeatedWarnings } from './repeated_warnings.js';
import { OWN_PATHS } from './telemetry_path.js';
import { answer } from './text_answer.js';

/** Status codes of faults. Others are 500, or 503 if they come from the source of profiles. */
export const STATUS_CODES: Partial<Record<ErrorCode, number>> = {
  SCRAPE_LIMIT: 503,
  SCRAPE_TIMEOUT: 503,
  SCRAPE_FILTER: 400,
  PROFILE_QUERY: 400,
  PROFILES_OFF: 404,
  PROFILE_PROBE_OFF: 404,
  PROFILE_LIMIT: 503,
  PROFILE_TOO_LARGE: 400,
  RELOAD_REFUSED: 403,
  RELOAD_ABANDONED: 503,
};

/** Adds the answers to requests that fail: errors thrown by routes, unknown paths (404) and methods (405). */
export function errorAnswers(app: FastifyInstance, telemetryPath: string, warnings: RepeatedWarnings): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof SantaError) {
      answer(reply, STATUS_CODES[error.code] ?? 500, `${describeFault(error)}\n`);
    } else if (error instanceof Faults) {
      answer(reply, 500, `${error.message}\n`);
    } else if (error.statusCode !== undefined && error.statusCode < 500) {
      answer(reply, error.statusCode, `${error.message}\n`);
    } else {
      warnings.warn('A request failed', { err: error, method: request.method, url: request.url }, 'error');
      answer(reply, 500, `${error.message}\n`);
    }
  });
  const known = new Map<string, readonly string[]>([
    ...OWN_PATHS.map((path) => [path, path === '/-/reload' ? ['POST', 'PUT'] : ['GET', 'HEAD']] as const),
    [telemetryPath, ['GET', 'HEAD']],
  ]);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const methods = known.get(path);
    if (methods === undefined) {
      answer(reply, 404, `Not found. The paths are ${[...known.keys()].sort().join(', ')}.\n`);
    } else {
      const text = `${path} does not allow ${request.method}: use ${methods.join(' or ')}.\n`;
      answer(reply.header('allow', methods.join(', ')), 405, text);
    }
  });
}
