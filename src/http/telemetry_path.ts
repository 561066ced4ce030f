import { fault } from '../errors/fault.js';

/** All paths of the server except that of the metrics. */
export const OWN_PATHS = [
  '/',
  '/live',
  '/probes',
  '/-/healthy',
  '/-/ready',
  '/-/reload',
  '/flamegraph',
  '/debug/pprof/',
  '/debug/pprof/profile',
  '/debug/pprof/fgprof',
] as const;

/**
 * Returns `path` if the metrics can be served there.
 * @throws SantaError ARGUMENT_INVALID
 */
export function checkTelemetryPath(path: string): string {
  const taken = OWN_PATHS.some((own) => own === path);
  if (/^\/[A-Za-z0-9_.~/-]*$/.test(path) && !taken) return path;
  const problem = taken
    ? `--web.telemetry-path cannot be "${path}": the server uses ${OWN_PATHS.join(', ')} itself`
    : `--web.telemetry-path must begin with "/" and have only letters, digits and "_.~-/", not "${path}"`;
  throw fault('ARGUMENT_INVALID', { problem });
}
