import Negotiator from 'negotiator';
import { contentTypes, type Format } from './format.js';

const formats: readonly Format[] = ['text', 'openmetrics'];
/** Prometheus sends about 500 characters. The rest of a longer header is ignored: matching it would block the event loop. */
const maximumLength = 2000;
const offers = formats.map((format) => contentTypes[format]);

/**
 * Chooses the format by an `Accept` header: the highest weight wins. At equal weights, a format named in full wins over one
 * that a wildcard allows, then the first named wins. A weight of 0 refuses a format. The format is text when the header
 * allows neither: an error of the scraper's parser explains more than a 406.
 */
export function negotiate(accept = ''): { readonly format: Format; readonly contentType: string } {
  const chosen = new Negotiator({ headers: { accept: normalized(accept) } }).mediaType(offers);
  const format = formats.find((candidate) => contentTypes[candidate] === chosen) ?? 'text';
  return { format, contentType: contentTypes[format] };
}

// For negotiator a parameter that the offer lacks, such as `escaping`, is a mismatch, and a weight may exceed 1.
function normalized(accept: string): string {
  return accept
    .slice(0, maximumLength)
    .replace(/;\s*(?!q=|version=)[\w-]+=[^;,"]*/gi, '')
    .replace(/;\s*q=(?:1\.0*[1-9]|1\d|[2-9])[^;,]*/gi, ';q=0');
}
