import type { z } from 'zod';
import { fault, type SantaError } from '../errors/fault.js';
import { nearest } from '../nearest.js';
import { type Path, pathText } from './source_map.js';
import type { Tree } from './yaml_tree.js';

type Issue = z.core.$ZodIssue;

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as a message shows it: text in quotes and cut, collections by what they hold. */
export function describeReceived(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (!isMapping(value)) return String(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty mapping';
  return `a mapping with ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ' …' : ''}`;
}

/** How close a branch of a union came: its kind of value, one of its words, or something inside of it. */
function closeness(issues: readonly Issue[]): number {
  const root = issues.find(({ path }) => path.length === 0);
  if (root?.code === 'invalid_type') return 0;
  if (root?.code === 'invalid_union') return Math.max(0, ...root.errors.map(closeness));
  return root?.code === 'invalid_value' ? 1 : 2;
}

/** The issues of the branch that was meant; the union as a whole when no branch takes such a value. */
function flatten(issue: Issue, base: Path): { issue: Issue; path: Path }[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  if (issue.code !== 'invalid_union') return [{ issue, path }];
  const scores = issue.errors.map(closeness);
  const best = Math.max(...scores);
  if (best === 0) return [{ issue, path }];
  return issue.errors[scores.indexOf(best)]!.flatMap((inner) => flatten(inner, path));
}

function valueAt(tree: unknown, path: Path): { present: boolean; value: unknown } {
  let value = tree;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return { present: false, value: undefined };
    }
    value = (value as Record<string | number, unknown>)[step];
  }
  return { present: true, value };
}

function remedyFor(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'custom') return issue.params?.remedy as string | undefined;
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const words = issue.values.map(String);
    const near = nearest(value, words);
    return near === undefined ? `Use one of ${words.join(', ')}.` : `Did you mean "${near}"?`;
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected !== 'string' && typeof value === 'string' && /^\d+$/.test(value)) return 'Remove the quotes.';
  // Not for a path or a duration, which the quotes would not make any better.
  const wantsText = /\b(?:text|sentence)\b/.test(issue.message);
  if (wantsText && (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')) {
    return `If this is meant as text, put it in quotes: "${value}".`;
  }
  return undefined;
}

function faultOf(issue: Issue, path: Path, { value: root, places }: Tree): SantaError {
  const { present, value } = valueAt(root, path);
  const at = pathText(path);
  if (issue.code === 'invalid_key' || (issue.code === 'custom' && issue.params?.isKey)) {
    const sentence = {
      expected: issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? 'another name') : issue.message,
      at: `a key of ${pathText(path.slice(0, -1))}`,
      received: JSON.stringify(path.at(-1)),
      remedy: remedyFor(issue, undefined),
    };
    return fault('CONFIG_VALUE', sentence, { location: places.locateKey(path) });
  }
  const location = places.locate(path);
  const expected = issue.message;
  if (!present && issue.code !== 'custom') {
    return fault('CONFIG_MISSING_KEY', { expected, key: String(path.at(-1)), at }, { location });
  }
  const empty = path.length === 0 && value === null;
  const received = empty ? 'an empty file' : describeReceived(value);
  const remedy =
    remedyFor(issue, value) ?? (value === null && !empty ? 'Give it a value, or remove the line.' : undefined);
  return fault('CONFIG_VALUE', { expected, at, received, remedy }, { location });
}

/** Turns what zod found into faults with a place in the file. */
export function issueFaults(issues: readonly Issue[], tree: Tree): SantaError[] {
  return issues
    .flatMap((issue) => flatten(issue, []))
    .flatMap(({ issue, path }) => {
      if (issue.code !== 'unrecognized_keys') return [faultOf(issue, path, tree)];
      const known = issue.message.split(' ');
      return issue.keys.map((key) =>
        fault(
          'CONFIG_UNKNOWN_KEY',
          { key, at: pathText(path), nearest: nearest(key, known), known },
          { location: tree.places.locateKey([...path, key]) },
        ),
      );
    });
}
