import type { FlameQuery } from './profile_query.js';

export const FLAME_PATH = '/flamegraph';

/** The address of a flame graph. @param change what is different in it; `at: undefined` is now */
export function flameLink(query: FlameQuery, change: { readonly at?: number | undefined } = {}): string {
  return `${FLAME_PATH}?${parametersOf(query, change)}`;
}

/** The address of the same profile as a file. */
export function fileLink(query: FlameQuery, format: 'pprof' | 'folded'): string {
  const parameters = parametersOf(query, { at: query.to });
  parameters.delete('kind');
  parameters.delete('diff');
  if (format === 'folded') parameters.set('format', format);
  return `/debug/pprof/${query.kind === 'cpu' ? 'profile' : 'fgprof'}?${parameters}`;
}

/** A duration as the query has it: `90s`, `5m` or `1h`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  for (const [unit, length] of [
    ['h', 3600],
    ['m', 60],
  ] as const) {
    if (seconds % length === 0 && seconds > 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}

function parametersOf(query: FlameQuery, change: { readonly at?: number | undefined }): URLSearchParams {
  const at = 'at' in change ? change.at : query.isNow ? undefined : query.to;
  const parameters = new URLSearchParams();
  if (at !== undefined) parameters.set('at', String(Math.round(at / 1000)));
  parameters.set('window', durationText(query.to - query.from));
  if (query.kind !== 'cpu') parameters.set('kind', query.kind);
  if (query.diffMs !== undefined) parameters.set('diff', durationText(query.diffMs));
  for (const [label, values] of query.filter) for (const value of values) parameters.append(label, value);
  return parameters;
}
