import { compileRegex } from '../../config/linear_regex.js';
import type { DecoderSpec } from '../../config/probe_schema.js';
import type { TextDecoder } from '../decoder.js';

/**
 * `keep` drops rows whose text does not match, `drop` rows whose text matches. `capture` replaces matching text by
 * `replace`, with $1 to $9 for the groups and $$ for a dollar sign, and leaves other text as it is. `first` gives the group of the
 * first pattern that matches, or the whole match if that pattern has no group, and drops rows that none matches.
 */
export function regexText(spec: Extract<DecoderSpec, { kind: 'regex' }>): TextDecoder {
  if (spec.action === 'first') return firstMatch(spec.patterns.map(compileRegex));
  const regex = compileRegex(spec.pattern);
  switch (spec.action) {
    case 'keep':
      return (text) => (regex.test(text) ? text : undefined);
    case 'drop':
      return (text) => (regex.test(text) ? undefined : text);
    case 'capture': {
      const parts = parseTemplate(spec.replace);
      return (text) => {
        const match = regex.exec(text);
        if (match === null) return text;
        let result = '';
        for (const part of parts) result += typeof part === 'number' ? (match[part] ?? '') : part;
        return result;
      };
    }
  }
}

/** A pattern with several groups says of none of them that it is the text: it is passed over. */
function firstMatch(patterns: readonly RegExp[]): TextDecoder {
  return (text) => {
    for (const pattern of patterns) {
      const match = pattern.exec(text);
      if (match !== null && match.length <= 2) return match.length === 1 ? match[0] : (match[1] ?? '');
    }
    return undefined;
  };
}

/** Literal text and numbers of groups, in turn. */
function parseTemplate(replace: string): (string | number)[] {
  return replace.split(/(\$[$\d])/).map((part) => {
    if (!/^\$[$\d]$/.test(part)) return part;
    return part === '$$' ? '$' : Number(part[1]);
  });
}
