/**
 * Makes time pass faster for rules and routes: what is written for a scrape every 15 s runs with one every 2 s, and every
 * duration (`for`, ranges, offsets, group_wait) shrinks by the same factor. A rate over `[1m]` then sees four scrapes as
 * before. Thresholds stay, and so do the words of the notifications: their "five minutes" are 40 s here.
 */

/** Seconds between scrapes that the rules are written for, and that the scenarios run with. */
export const writtenFor = 15;
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
 * @returns {string} the same with every duration divided by the factor
 */
export function hastened(text) {
  return places.reduce((result, place) => result.replace(place, hasten), text);
}

/** @type {(match: string, before: string, number: string, unit: string) => string} */
function hasten(_, before, number, unit) {
  const milliseconds = Number(number) * units[/** @type {keyof typeof units} */ (unit)];
  return `${before}${Math.max(1, Math.round(milliseconds / factor))}ms`;
}
