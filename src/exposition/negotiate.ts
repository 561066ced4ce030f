import { contentTypes, type Format } from './format.js';

/** What a range of `Accept` may name to get a format. */
const offers: readonly { format: Format; type: string; subtype: string; version: string }[] = [
  { format: 'text', type: 'text', subtype: 'plain', version: '0.0.4' },
  { format: 'openmetrics', type: 'application', subtype: 'openmetrics-text', version: '1.0.0' },
];

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly version: string | undefined;
  readonly weight: number;
}

/**
 * Chooses the format by an `Accept` header: the highest weight wins; with equal ones the format that is named rather than
 * allowed by a wildcard, then the one named first. A weight of 0 refuses. Text when the header allows neither: a scraper
 * that cannot read it says so better than a 406 would.
 */
export function negotiate(accept: string | undefined): { readonly format: Format; readonly contentType: string } {
  const ranges = mediaRanges(accept ?? '');
  const candidates = offers.flatMap((offer) => {
    const match = bestMatch(ranges, offer);
    return match && match.weight > 0 ? [{ format: offer.format, ...match }] : [];
  });
  candidates.sort((a, b) => b.weight - a.weight || b.precision - a.precision || a.position - b.position);
  const format = candidates[0]?.format ?? 'text';
  return { format, contentType: contentTypes[format] };
}

interface Match {
  readonly weight: number;
  /** 0 for any type, 1 for any subtype, 2 for the type, 3 for the type with its version. */
  readonly precision: number;
  readonly position: number;
}

/** The most precise range that covers an offer: it alone says how welcome the format is. */
function bestMatch(ranges: readonly MediaRange[], offer: (typeof offers)[number]): Match | undefined {
  let best: Match | undefined;
  for (const [position, { type, subtype, version, weight }] of ranges.entries()) {
    let precision: number;
    if (type === '*' && subtype === '*') precision = 0;
    else if (type !== offer.type) continue;
    else if (subtype === '*') precision = 1;
    else if (subtype !== offer.subtype) continue;
    else if (version === undefined) precision = 2;
    else if (version !== offer.version) continue;
    else precision = 3;
    if (best === undefined || precision > best.precision) best = { weight, precision, position };
  }
  return best;
}

/** Ranges that are malformed are left out. Parameters other than `version` and `q`, such as `escaping`, do not matter. */
function mediaRanges(header: string): MediaRange[] {
  const ranges: MediaRange[] = [];
  for (const part of splitUnquoted(header, ',')) {
    const [range = '', ...parameters] = splitUnquoted(part, ';');
    const [type = '', subtype = '', extra] = range.toLowerCase().split('/');
    let version: string | undefined;
    let weight = 1;
    for (const parameter of parameters) {
      const [name = '', value = ''] = parameter.split('=', 2).map((text) => text.trim());
      if (name.toLowerCase() === 'q') weight = /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(value) ? Number(value) : Number.NaN;
      else if (name.toLowerCase() === 'version') version = value.replace(/^"(.*)"$/, '$1');
    }
    if (type === '' || subtype === '' || extra !== undefined || Number.isNaN(weight)) continue;
    ranges.push({ type, subtype, version, weight });
  }
  return ranges;
}

function splitUnquoted(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') index++;
    else if (!quoted && character === separator) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
