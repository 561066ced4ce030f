import type { ExpositionFormat } from './exporter.js';

export function negotiate(accept = ''): { format: ExpositionFormat; contentType: string } {
  return accept.includes('openmetrics')
    ? { format: 'openmetrics', contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8' }
    : { format: 'text', contentType: 'text/plain; version=0.0.4; charset=utf-8' };
}
