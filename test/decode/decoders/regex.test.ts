import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import { Decoding, text } from '../decoding.js';
import { chars } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('regex', () => {
  const first = (...patterns: string[]): DecoderSpec => ({ kind: 'regex', action: 'first', patterns });
  const regex = (action: 'keep' | 'drop' | 'capture', pattern: string, replace = '$1'): DecoderSpec => ({
    kind: 'regex',
    action,
    pattern,
    replace,
  });
  it.each<[string, DecoderSpec, string | undefined]>([
    ['first gives the group of the first match', first('^eth', '^(k\\w+)/'), 'kworker'],
    ['first gives a match without a group', first('^.*$'), 'kworker/0:1'],
    ['first passes over several groups', first('^(k)(w)', '0:1'), '0:1'],
    ['first drops text that nothing matches', first('^eth', '^wlan'), undefined],
    ['keep keeps matching text', regex('keep', '^kworker'), 'kworker/0:1'],
    ['keep drops other text', regex('keep', '^eth'), undefined],
    ['drop drops matching text', regex('drop', '^kworker'), undefined],
    ['drop keeps other text', regex('drop', '^eth'), 'kworker/0:1'],
    ['capture replaces text by a group', regex('capture', '^([^/]+)'), 'kworker'],
    ['capture combines groups', regex('capture', '^(\\w+)/(\\d)', '$2-$1$$'), '0-kworker$'],
    ['capture leaves out a group that did not match', regex('capture', '^(x)?k', '<$1>'), '<>'],
    ['capture leaves other text as it is', regex('capture', '^eth(\\d)'), 'kworker/0:1'],
  ])('%s', (_, spec, expected) => {
    expect(decode(chars(16), text('kworker/0:1', 16), [spec])).toBe(expected);
  });

  it('matches in linear time', () => {
    const started = performance.now();
    expect(decode(chars(4096), text('a'.repeat(4000), 4096), [regex('keep', '^(a+)+$|b')])).toBeDefined();
    decode(chars(4096), text(`${'a'.repeat(4000)}!`, 4096), [regex('keep', '^(a+)+$')]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
