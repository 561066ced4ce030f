import type { YAMLError } from 'yaml';
import { fault, type SantaError } from '../errors/fault.js';
import type { SourceMap } from './source_map.js';

interface Wording {
  readonly code: YAMLError['code'];
  /** Tells apart what has one code. */
  readonly message?: RegExp;
  readonly received: string;
  readonly remedy: string;
}

const badAlias: Wording = {
  code: 'BAD_ALIAS',
  received: 'an alias whose anchor is not defined above it',
  remedy: 'Define "&name" before "*name".',
};

/** The slips that people make, in their words; the parser's own words serve for the rest. */
const wordings: readonly Wording[] = [
  badAlias,
  { code: 'TAB_AS_INDENT', received: 'a tab as indentation', remedy: 'Indent with spaces.' },
  {
    code: 'BAD_INDENT',
    message: /^Flow/,
    received: 'a list or mapping in brackets that is not closed before this line',
    remedy: 'Close it with "]" or "}", or indent this line.',
  },
  {
    code: 'BAD_INDENT',
    received: 'a line whose indentation fits none above it',
    remedy: 'Align it with the lines it belongs to.',
  },
  {
    code: 'BLOCK_AS_IMPLICIT_KEY',
    received: 'a second "name: value" within a value',
    remedy: 'Put text that contains ": " in quotes, or align the second setting with the first.',
  },
  { code: 'MISSING_CHAR', message: /closing/, received: 'text whose quote is not closed', remedy: 'Close the quote.' },
  {
    code: 'MISSING_CHAR',
    message: /^Implicit/,
    received: 'a line that is no "name: value"',
    remedy: 'Write a colon and a space between the name and the value.',
  },
  {
    code: 'MULTILINE_IMPLICIT_KEY',
    received: 'a line that is no "name: value"',
    remedy: 'Write a colon and a space between the name and the value.',
  },
  {
    code: 'BAD_SCALAR_START',
    received: 'a value that begins with a character YAML keeps for itself',
    remedy: 'Put the value in quotes.',
  },
  {
    code: 'BAD_DQ_ESCAPE',
    received: 'a backslash in double quotes that YAML gives no meaning',
    remedy: 'Use single quotes, in which a backslash is just that.',
  },
  {
    code: 'UNEXPECTED_TOKEN',
    message: /^Unexpected flow-(?:seq|map)-(?:start|end) at node end/,
    received: 'a bracket within text that has no quotes',
    remedy: 'Put the text in quotes, as in { field: "slots[0]" }.',
  },
  { code: 'MULTIPLE_DOCS', received: 'a second document after "---"', remedy: 'Keep one document in a file.' },
  {
    code: 'TAG_RESOLVE_FAILED',
    received: 'a tag with no meaning here',
    remedy: 'Remove the tag (the word that begins with "!").',
  },
];

/** What the parser found, but for the echoes of the first: a line's other errors, and what no longer fits in after it. */
export function syntaxFaults(errors: readonly YAMLError[], places: SourceMap): SantaError[] {
  const lines = new Set<number>();
  return errors.flatMap(({ code, message, pos }) => {
    const location = places.at(pos[0]);
    if (lines.has(location.line) || (lines.size > 0 && code === 'UNEXPECTED_TOKEN')) return [];
    lines.add(location.line);
    const wording = wordings.find((one) => one.code === code && (one.message?.test(message) ?? true));
    const {
      received = `something that is not: ${message}`,
      remedy = 'Correct the line. Text with any of :{}[]#&*!|>%@ in it is safest in quotes.',
    } = wording ?? {};
    return [fault('CONFIG_SYNTAX', { received, remedy }, { location })];
  });
}

export function aliasFault(places: SourceMap, offset: number): SantaError {
  const { received, remedy } = badAlias;
  return fault('CONFIG_SYNTAX', { received, remedy }, { location: places.at(offset) });
}
