/**
 * Accelerates rules and routes. They are written for a scrape every 15 s; scenarios scrape every 2 s and divide every
 * duration (`for`, ranges, offsets, group_wait) by the same factor. A rate over `[1m]` still covers four scrapes.
 * Thresholds and texts of notifications do not change: "five minutes" in a text are 40 s here.
 */

/** Scrape interval that the rules are written for, in seconds. */
export const writtenFor = 15;
/** Scrape interval of the scenarios, in seconds. */
export const scrapeInterval = 2;
export const factor = writtenFor / scrapeInterval;

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = String.raw`(\d+)(ms|[smhd])`;
const settings = ['for', 'keep_firing_for', 'group_wait', 'group_interval', 'repeat_interval'];
const places = [
  new RegExp(String.raw`(\[)${duration}(?=\])`, 'g'),
  new RegExp(String.raw`(\boffset )${duration}\b`, 'g'),
  new RegExp(String.raw`^(\s*(?:${settings.join('|')}): )${duration}$`, 'gm'),
];

/**
 * @param {string} text of a rule file or an Alertmanager configuration
 * @returns {string} the text with every duration divided by `factor`
 */
export function accelerated(text) {
  return places.reduce((result, place) => result.replace(place, accelerate), text);
}

/** @type {(match: string, before: string, number: string, unit: string) => string} */
function accelerate(_, before, number, unit) {
  const milliseconds = Number(number) * units[/** @type {keyof typeof units} */ (unit)];
  return `${before}${Math.max(1, Math.round(milliseconds / factor))}ms`;
}
