import { compileRegex } from '../../config/linear_regex.js';
import type { DecoderSpec } from '../../config/probe_schema.js';
import type { TextDecoder } from '../decoder.js';

/**
 * `keep` drops rows whose text does not match, `drop` rows whose text matches. `capture` replaces matching text by
 * `replace`, with $1 to $9 for the groups and $$ for a dollar sign, and leaves other text as it is.
 */
export function regexText({ action, pattern, replace }: Extract<DecoderSpec, { kind: 'regex' }>): TextDecoder {
  const regex = compileRegex(pattern);
  switch (action) {
    case 'keep':
      return (text) => (regex.test(text) ? text : undefined);
    case 'drop':
      return (text) => (regex.test(text) ? undefined : text);
    case 'capture': {
      const parts = parseTemplate(replace);
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

/** Literal text and numbers of groups, in turn. */
function parseTemplate(replace: string): (string | number)[] {
  return replace.split(/(\$[$\d])/).map((part) => {
    if (!/^\$[$\d]$/.test(part)) return part;
    return part === '$$' ? '$' : Number(part[1]);
  });
}
