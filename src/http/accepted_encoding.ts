import type { Encoding } from './scrape_sharing.js';

/** The encoding to answer in: gzip if `Accept-Encoding` allows it (by name or by `*`, with a weight above 0). */
export function acceptedEncoding(header: string | undefined): Encoding {
  let any = 0;
  let gzip: number | undefined;
  for (const item of (header ?? '').slice(0, 1000).split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2)) || 0;
    if (name === 'gzip' || name === 'x-gzip') gzip = Math.max(gzip ?? 0, quality);
    if (name === '*') any = quality;
  }
  return (gzip ?? any) > 0 ? 'gzip' : 'identity';
}
