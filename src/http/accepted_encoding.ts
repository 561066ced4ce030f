import Negotiator from 'negotiator';
import type { Encoding } from './scrape_sharing.js';

/** The encoding of the answer: gzip if `Accept-Encoding` allows it (by name or by `*`, with a weight above 0). */
export function acceptedEncoding(header = ''): Encoding {
  // RFC 9110: x-gzip is an alias of gzip.
  const headers = { 'accept-encoding': header.slice(0, 1000).replace(/\bx-gzip\b/gi, 'gzip') };
  return new Negotiator({ headers }).encodings(['gzip']).length > 0 ? 'gzip' : 'identity';
}
