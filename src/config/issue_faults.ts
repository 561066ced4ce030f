import type { z } from 'zod';
import { fault, type SantaError } from '../errors/fault.js';
import { nearest } from '../nearest.js';
import { describedBy } from './sentences.js';
import { type Path, pathText, within } from './source_map.js';
import type { Tree } from './yaml_tree.js';

type Issue = z.core.$ZodIssue;

/** A value as a message shows it: text in quotes and cut, collections by what they hold. */
function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value !== 'object') return String(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty mapping';
  return `a mapping with ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ' …' : ''}`;
}

/** Fills the placeholders of a message of the schemas. */
function sentence(message: string, path: string, value: string): string {
  return message.replace(/\{(path|value)\}/g, (_, name) => (name === 'path' ? path : value));
}

/** How close a value came to a branch of a union: wrong kind 0, wrong word 1, a fault inside 2. */
function closeness(issues: readonly Issue[]): number {
  const root = issues.find(({ path }) => path.length === 0);
  if (root?.code === 'invalid_type') return 0;
  if (root?.code === 'invalid_union') return Math.max(0, ...root.errors.map(closeness));
  return root?.code === 'invalid_value' ? 1 : 2;
}

/** The issues of the closest branch of a union; the union as a whole if the value fits no branch. */
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
  // A sentence of another pattern says itself what to write.
  if (issue.code === 'invalid_value' && typeof value === 'string' && describedBy(issue.message) !== undefined) {
    const words = issue.values.map(String);
    const near = nearest(value, words);
    if (near !== undefined) return `Did you mean "${near}"?`;
    return words.length > 1 ? `Use one of ${words.join(', ')}.` : undefined;
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected !== 'string' && typeof value === 'string' && /^\d+$/.test(value)) return 'Remove the quotes.';
  // A path or a duration would not become valid by quotes.
  const wantsText = /\b(?:text|sentence)\b/.test(issue.message);
  if (wantsText && (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')) {
    return `If this is text, put it in quotes: "${value}".`;
  }
  return undefined;
}

function keyFault(message: string, remedy: string | undefined, path: Path, { places }: Tree): SantaError {
  const key = JSON.stringify(path.at(-1));
  const problem = sentence(message, `A key ${within(path.slice(0, -1))}`, key);
  return fault('CONFIG_VALUE', { problem, remedy }, { location: places.locateKey(path) });
}

function faultOf(issue: Issue, path: Path, tree: Tree, page: string): SantaError {
  if (issue.code === 'invalid_key') return keyFault(issue.issues[0]!.message, undefined, path, tree);
  if (issue.code === 'custom' && issue.params?.isKey)
    return keyFault(issue.message, remedyFor(issue, undefined), path, tree);
  const { present, value } = valueAt(tree.value, path);
  const location = tree.places.locate(path);
  if (!present && issue.code !== 'custom') {
    const what = describedBy(issue.message) ?? 'a value';
    const where = within(path.slice(0, -1));
    return fault('CONFIG_MISSING_KEY', { key: String(path.at(-1)), where, what }, { location });
  }
  if (value === null && path.length === 0) {
    const remedy = `Write settings as \`name: value\` lines; ${page} describes them.`;
    return fault('CONFIG_VALUE', { problem: 'The file is empty', remedy }, { location });
  }
  if (value === null) {
    const remedy = 'Give it a value, or remove the line.';
    return fault('CONFIG_VALUE', { problem: `${pathText(path)} has no value`, remedy }, { location });
  }
  const problem = sentence(issue.message, pathText(path), describeValue(value));
  return fault('CONFIG_VALUE', { problem, remedy: remedyFor(issue, value), page }, { location });
}

/**
 * Turns the issues that zod found into faults with a place in the file.
 * @param page of the documentation that describes the settings
 */
export function issueFaults(issues: readonly Issue[], tree: Tree, page = 'docs/configuration.md'): SantaError[] {
  return issues
    .flatMap((issue) => flatten(issue, []))
    .flatMap(({ issue, path }) => {
      if (issue.code !== 'unrecognized_keys') return [faultOf(issue, path, tree, page)];
      const known = issue.message.split(' ');
      return issue.keys.map((key) =>
        fault(
          'CONFIG_UNKNOWN_KEY',
          { key, where: within(path), nearest: nearest(key, known), known },
          { location: tree.places.locateKey([...path, key]) },
        ),
      );
    });
}
