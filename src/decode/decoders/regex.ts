import { compileRegex } from '../../config/linear_regex.js';
import type { TextDecoder } from './decoder.js';

/**
 * `keep` drops rows whose text does not match, `drop` those whose does. `capture` replaces text that matches by
 * `replace`, with $1 to $9 for the groups ($$ for a dollar sign), and leaves other text as it is.
 */
export function regexText(action: 'keep' | 'drop' | 'capture', pattern: string, replace: string): TextDecoder {
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

/** Text, and the numbers of the groups between it. */
function parseTemplate(replace: string): (string | number)[] {
  return replace.split(/(\$[$\d])/).map((part) => {
    if (!/^\$[$\d]$/.test(part)) return part;
    return part === '$$' ? '$' : Number(part[1]);
  });
}
