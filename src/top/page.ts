import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { fault, type SantaError } from '../errors/fault.js';

/** An exporter's page is some megabytes; what never ends must not fill the memory. */
const maximumBytes = 256 << 20;
const timeoutMs = 15_000;

/**
 * Reads a page of metrics.
 * @param url user and password may stand in it
 * @throws SantaError METRICS_UNREADABLE
 */
export function readPage(url: URL): Promise<string> {
  const refused = (problem: string): SantaError => fault('METRICS_UNREADABLE', { url: withoutPassword(url), problem });
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? getSecurely : get;
    const request = open(url, { headers: { Accept: 'text/plain;version=0.0.4' }, timeout: timeoutMs }, (response) => {
      if (response.statusCode !== 200) {
        response.destroy();
        reject(refused(`it answered ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd()));
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maximumBytes) response.destroy(refused(`its page is larger than ${maximumBytes >> 20} MiB`));
      });
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
      response.once('error', reject);
    });
    request.once('timeout', () => request.destroy(refused(`it did not answer within ${timeoutMs / 1000} s`)));
    request.once('error', (error: NodeJS.ErrnoException) =>
      reject('errno' in error ? refused(error.code ?? error.message) : error),
    );
  });
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}
