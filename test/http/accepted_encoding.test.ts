import { expect, it } from 'vitest';
import { acceptedEncoding } from '../../src/http/accepted_encoding.js';

it.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['deflate, gzip;q=0.5, br', 'gzip'],
  ['gzip;q=0', 'identity'],
  ['gzip; q=0.0, *', 'identity'],
  ['*', 'gzip'],
  ['*;q=0', 'identity'],
  ['br;q=1.0, x-gzip', 'gzip'],
  ['gzip;q=much', 'identity'],
  ['gzipped', 'identity'],
] as const)('answers %j with %s', (header, encoding) => {
  expect(acceptedEncoding(header)).toBe(encoding);
});
