import { secondsOf } from '../../profiles/amounts.js';
import { showHidden } from '../../visible_text.js';
import { grouped, NONE, percent } from '../number_text.js';
import type { ProfileFacts } from './flame_view.js';

/** Characters of a name in a page. Names in C++ can be thousands of characters long. */
const MOST_CHARACTERS = 300;

/** A name that any user may have chosen: hidden characters become visible, and its end is left out if it is long. */
export function shownName(name: string): string {
  const text = showHidden(name.slice(0, MOST_CHARACTERS * 4));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** Seconds with a precision that suits them: `12.3 s`, `1,234 s`. */
export function secondsText(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 0.001) return `${Number((seconds * 1e6).toPrecision(2))} µs`;
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  return seconds < 100 ? `${Number(seconds.toPrecision(3))} s` : `${grouped(Math.round(seconds))} s`;
}

/** What an amount of a profile is in seconds. */
export function amountText(value: number, profile: ProfileFacts): string {
  return secondsText(secondsOf(value, profile));
}

/** A part of a total as a percentage; `–` of nothing. */
export function shareText(value: number, total: number): string {
  return total === 0 ? NONE : percent(value / total);
}

/** A point in time, in UTC to the second: `2026-11-27 10:20:00`. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** A length of time in words: `40 s`, `5 min`, `1 h 30 min`. */
export function lengthText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return words.length > 0 ? words.join(' ') : '0 s';
}
