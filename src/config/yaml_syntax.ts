import type { YAMLError } from 'yaml';
import { fault, type SantaError } from '../errors.js';
import type { SourceMap } from './source_map.js';

interface Wording {
  readonly received: string;
  readonly remedy: string;
}

/** The slips that people make, in their words; the parser's own words serve for the rest. */
const wordings: Partial<Record<YAMLError['code'], Wording>> = {
  TAB_AS_INDENT: { received: 'a tab as indentation', remedy: 'Indent with spaces.' },
  BAD_INDENT: {
    received: 'a line whose indentation fits none above it',
    remedy: 'Align it with the lines it belongs to.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    received: 'a second "name: value" on one line',
    remedy: 'Put text that contains ": " in quotes, or the second setting on a line of its own.',
  },
  MULTIPLE_DOCS: { received: 'a second document after "---"', remedy: 'Keep one document in a file.' },
  BAD_ALIAS: { received: 'an alias whose anchor is not defined above it', remedy: 'Define "&name" before "*name".' },
  TAG_RESOLVE_FAILED: {
    received: 'a tag with no meaning here',
    remedy: 'Remove the tag (the word that begins with "!").',
  },
};

export function syntaxFault({ code, message, pos }: YAMLError, places: SourceMap): SantaError {
  const {
    received = `a slip of syntax: ${message}`,
    remedy = 'Correct the line. Text that contains any of :{}[]#&*!|>%@ is safest in quotes.',
  } = wordings[code] ?? {};
  return fault('CONFIG_SYNTAX', { received, remedy }, { location: places.at(pos[0]) });
}
