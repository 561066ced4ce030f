import { visible } from '../visible_text.js';

/** Longer names are cut: they would only fill the page and the record. */
const longest = 256;

/**
 * A name from a symbol table or perf map as it is shown: without control and invisible characters, at most 256
 * characters. What V8 writes before and after the name of a JavaScript function, its kind and tier, is left out, so that
 * one function has one name: `JS:*run /app/main.js:10:3` becomes `run /app/main.js:10:3`.
 */
export function shownName(raw: string): string {
  return bounded(visible(withoutTier(raw)));
}

/** A path of a mapped file as it is shown. A line feed is `\012` there, as in /proc/PID/maps. */
export function shownPath(path: string): string {
  return bounded(visible(path));
}

function withoutTier(name: string): string {
  const script = /^(?:JS|LazyCompile|Function|Script|Eval):[*~^+']?(.*)$/su.exec(name)?.[1];
  if (script === undefined) return name;
  return /^[ /]/.test(script) ? `(anonymous) ${script.trimStart()}` : script;
}

function bounded(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
