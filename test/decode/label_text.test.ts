import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import { Decoding, text } from './decoding.js';
import { chars } from './field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('label text', () => {
  it('is cut to 127 characters and an ellipsis, never inside a character', () => {
    expect(decode(chars(300), text('x'.repeat(128), 300))).toBe('x'.repeat(128));
    expect(decode(chars(300), text('x'.repeat(129), 300))).toBe(`${'x'.repeat(127)}…`);
    expect(decode(chars(600), text('😀'.repeat(128), 600))).toBe('😀'.repeat(128));
    expect(decode(chars(600), text('😀'.repeat(129), 600))).toBe(`${'😀'.repeat(127)}…`);
    expect(decode(chars(4096), text('😀'.repeat(1000), 4096))).toBe(`${'😀'.repeat(127)}…`);
  });

  it('is cut only after the last decoder', () => {
    const basename: DecoderSpec = { kind: 'regex', action: 'capture', pattern: '([^/]+)$', replace: '$1' };
    expect(decode(chars(300), text(`/${'d'.repeat(250)}/file`, 300), ['string', basename])).toBe('file');
  });
});
