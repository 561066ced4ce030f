import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { companionOf } from '../../src/maps/overflow_companion.js';

test('the overflow companion has the name that bpf/include gives it', () => {
  expect(companionOf('events')).toBe('events_other');
  const header = readFileSync(new URL('../../bpf/include/maps.h', import.meta.url), 'utf8');
  expect(header).toMatch(/##\s*_other\b/);
});
