import { fault } from '../errors/fault.js';

/** All paths of the server except that of the metrics. */
export const OWN_PATHS = ['/', '/probes', '/-/healthy', '/-/ready', '/-/reload'] as const;

/**
 * Returns `path` if the metrics can be served there.
 * @throws SantaError ARGUMENT_INVALID
 */
export function checkTelemetryPath(path: string): string {
  const taken = OWN_PATHS.some((own) => own === path);
  if (/^\/[A-Za-z0-9_.~/-]*$/.test(path) && !taken) return path;
  throw fault('ARGUMENT_INVALID', {
    flag: '--web.telemetry-path',
    expected: taken
      ? `a path other than ${OWN_PATHS.join(', ')}`
      : 'a path that begins with "/" and has letters, digits and "_.~-/" only',
    received: `"${path}"`,
  });
}
