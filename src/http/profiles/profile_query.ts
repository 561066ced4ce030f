import { identityLabels } from '../../config/identity_labels.js';
import { fault } from '../../errors/fault.js';
import { nearest } from '../../nearest.js';
import type { LabelFilter } from '../../profiles/label_filter.js';
import type { ProfileKind } from '../../stacks/profile.js';
import { parseGoDuration } from '../go_duration.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** A clock that is ahead by less is not taken for the future. */
const CLOCK_DIFFERENCE = 60 * SECOND;
const DEFAULT_WINDOW = 300 * SECOND;
const DEFAULT_SECONDS = 30;
const MOST_SECONDS = 300;

/** A time in the past, in Unix milliseconds, and what to show of it. */
export interface RecordedQuery {
  readonly from: number;
  readonly to: number;
  readonly filter: LabelFilter;
}

/** What a flame graph shows. */
export interface FlameQuery extends RecordedQuery {
  readonly kind: ProfileKind;
  /** How much earlier the time is to compare with, in milliseconds; undefined for no comparison. */
  readonly diffMs: number | undefined;
  /** Whether the time ends now, whenever that is. */
  readonly isNow: boolean;
}

/** What a file has: what was recorded, or what is collected from now on. */
export interface FileQuery {
  readonly source: RecordedQuery | { readonly seconds: number; readonly filter: LabelFilter };
  readonly format: 'pprof' | 'folded';
}

type Parameters = ReadonlyMap<string, readonly string[]>;

/**
 * The query of a flame graph.
 * @param now Unix milliseconds
 * @throws SantaError PROFILE_QUERY
 */
export function flameQuery(query: unknown, now: number): FlameQuery {
  const parameters = read(query, ['at', 'window', 'kind', 'diff']);
  const diff = one(parameters, 'diff');
  return {
    ...recorded(parameters, now),
    kind: choice(parameters, 'kind', ['cpu', 'offcpu']),
    diffMs: diff === undefined ? undefined : period('diff', diff),
    isNow: !parameters.has('at'),
  };
}

/**
 * The query of a profile file: `at` or `window` ask for what was recorded, `seconds` for a new one.
 * @param now Unix milliseconds
 * @throws SantaError PROFILE_QUERY
 */
export function fileQuery(query: unknown, now: number): FileQuery {
  const parameters = read(query, ['at', 'window', 'seconds', 'format']);
  const format = choice(parameters, 'format', ['pprof', 'folded']);
  const isRecorded = parameters.has('at') || parameters.has('window');
  if (isRecorded && parameters.has('seconds')) {
    throw refusal(
      '"seconds" cannot be combined with "at" or "window"',
      'Use `seconds` for a new profile, `at` and `window` for a recorded one.',
    );
  }
  if (isRecorded) return { source: recorded(parameters, now), format };
  const text = one(parameters, 'seconds') ?? String(DEFAULT_SECONDS);
  const seconds = Number(text);
  if (!/^\d{1,4}$/.test(text) || seconds < 1 || seconds > MOST_SECONDS)
    throw refusal(`"seconds" cannot be "${shown(text)}"`, `Use a whole number from 1 to ${MOST_SECONDS}.`);
  return { source: { seconds, filter: filterOf(parameters) }, format };
}

/** Reads the parameters that are not empty: a form sends empty ones. */
function read(query: unknown, own: readonly string[]): Parameters {
  const known = [...own, ...identityLabels];
  const parameters = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(query as Readonly<Record<string, string | readonly string[]>>)) {
    if (!known.includes(name)) {
      const near = nearest(name, known);
      const remedy = near === undefined ? `The parameters are ${known.join(', ')}.` : `Did you mean "${near}"?`;
      throw refusal(`Unknown parameter "${shown(name)}"`, remedy);
    }
    const values = [value].flat().filter((text) => text !== '');
    if (values.length > 0) parameters.set(name, values);
  }
  return parameters;
}

function recorded(parameters: Parameters, now: number): RecordedQuery {
  const text = one(parameters, 'at');
  const to = text === undefined ? now : Number(text) * SECOND;
  if (!(to >= 0 && to <= now + CLOCK_DIFFERENCE))
    throw refusal(`"at" cannot be "${shown(text!)}"`, 'Use Unix time in seconds, not in the future.');
  const window = one(parameters, 'window');
  const windowMs = window === undefined ? DEFAULT_WINDOW : period('window', window);
  return { from: Math.round(to - windowMs), to: Math.round(to), filter: filterOf(parameters) };
}

function period(name: string, text: string): number {
  const milliseconds = /^\d{1,3}d$/.test(text) ? Number.parseInt(text, 10) * DAY : parseGoDuration(text);
  if (milliseconds !== undefined && milliseconds >= 15 * SECOND && milliseconds <= DAY) return milliseconds;
  throw refusal(`"${name}" cannot be "${shown(text)}"`, 'Use a duration from 15s to 24h, such as 5m.');
}

function filterOf(parameters: Parameters): LabelFilter {
  return new Map([...parameters].filter(([name]) => (identityLabels as readonly string[]).includes(name)));
}

function choice<T extends string>(parameters: Parameters, name: string, choices: readonly [T, ...T[]]): T {
  const text = one(parameters, name);
  const found = text === undefined ? choices[0] : choices.find((known) => known === text);
  if (found === undefined) throw refusal(`"${name}" cannot be "${shown(text!)}"`, `Use ${choices.join(' or ')}.`);
  return found;
}

function one(parameters: Parameters, name: string): string | undefined {
  const values = parameters.get(name) ?? [];
  if (values.length > 1) throw refusal(`"${name}" is given ${values.length} times`, 'Give it once.');
  return values[0];
}

function refusal(problem: string, remedy: string) {
  return fault('PROFILE_QUERY', { problem, remedy });
}

function shown(text: string): string {
  return text.slice(0, 64);
}
