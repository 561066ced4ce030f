import type { YAMLError } from 'yaml';
import { fault, type SantaError } from '../errors/fault.js';
import type { SourceMap } from './source_map.js';

interface Explanation {
  readonly code: YAMLError['code'];
  /** Of the parser's message, for a code with several meanings. */
  readonly message?: RegExp;
  readonly problem: string;
  readonly remedy: string;
}

const unknownAlias: Explanation = {
  code: 'BAD_ALIAS',
  problem: 'an alias needs an anchor above it',
  remedy: 'Define "&name" before "*name".',
};

const noColon = {
  problem: 'a line has no "name: value"',
  remedy: 'Write a colon and a space between the name and the value.',
};

/** The common slips, explained; for the rest the parser's own message is shown. */
const explanations: readonly Explanation[] = [
  unknownAlias,
  { code: 'TAB_AS_INDENT', problem: 'a tab is used for indentation', remedy: 'Indent with spaces.' },
  {
    code: 'BAD_INDENT',
    message: /^Flow/,
    problem: 'a list or mapping in brackets is not closed before this line',
    remedy: 'Close it with "]" or "}", or indent this line.',
  },
  {
    code: 'BAD_INDENT',
    problem: 'the indentation matches no line above',
    remedy: 'Align the line with the lines it belongs to.',
  },
  {
    code: 'BLOCK_AS_IMPLICIT_KEY',
    problem: 'a value contains a second "name: value"',
    remedy: 'Put text that contains ": " in quotes, or align the second setting with the first.',
  },
  { code: 'MISSING_CHAR', message: /closing/, problem: 'a quote is not closed', remedy: 'Close the quote.' },
  { code: 'MISSING_CHAR', message: /^Implicit/, ...noColon },
  { code: 'MULTILINE_IMPLICIT_KEY', ...noColon },
  {
    code: 'BAD_SCALAR_START',
    problem: 'a value cannot begin with this character',
    remedy: 'Put the value in quotes.',
  },
  {
    code: 'BAD_DQ_ESCAPE',
    problem: 'unknown escape sequence in double quotes',
    remedy: 'Use single quotes: a backslash has no special meaning in them.',
  },
  {
    code: 'UNEXPECTED_TOKEN',
    message: /^Unexpected flow-(?:seq|map)-(?:start|end) at node end/,
    problem: 'a bracket in text without quotes',
    remedy: 'Put the text in quotes, as in { field: "slots[0]" }.',
  },
  {
    code: 'MULTIPLE_DOCS',
    problem: 'a second document begins after "---"',
    remedy: 'Put only one document in a file.',
  },
  { code: 'TAG_RESOLVE_FAILED', problem: 'unknown tag', remedy: 'Remove the tag (the word that begins with "!").' },
];

const generalRemedy = 'Correct the line. Text with any of :{}[]#&*!|>%@ in it is safest in quotes.';

/** One fault per line: later errors of a line, and tokens that no longer fit, follow from the first error. */
export function syntaxFaults(errors: readonly YAMLError[], places: SourceMap): SantaError[] {
  const lines = new Set<number>();
  return errors.flatMap(({ code, message, pos }) => {
    const location = places.at(pos[0]);
    if (lines.has(location.line) || (lines.size > 0 && code === 'UNEXPECTED_TOKEN')) return [];
    lines.add(location.line);
    const explanation = explanations.find((one) => one.code === code && (one.message?.test(message) ?? true));
    const { problem = message, remedy = generalRemedy } = explanation ?? {};
    return [fault('CONFIG_SYNTAX', { problem, remedy }, { location })];
  });
}

export function aliasFault(places: SourceMap, offset: number): SantaError {
  const { problem, remedy } = unknownAlias;
  return fault('CONFIG_SYNTAX', { problem, remedy }, { location: places.at(offset) });
}
