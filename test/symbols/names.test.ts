import { expect, test } from 'vitest';
import { shownName, shownPath } from '../../src/symbols/names.js';

test.each([
  ['JS:*run /app/main.js:10:3', 'run /app/main.js:10:3'],
  ["JS:'run /app/main.js:10:3", 'run /app/main.js:10:3'],
  ['JS:~run node:internal/x:1:2', 'run node:internal/x:1:2'],
  ['LazyCompile:*run /app/main.js:10', 'run /app/main.js:10'],
  ['JS:^ /app/main.js:1:1', '(anonymous) /app/main.js:1:1'],
  ['py::run:/app/main.py', 'py::run:/app/main.py'],
  ['Builtin:ArrayMap', 'Builtin:ArrayMap'],
  ['a\nb\u0000\u202e', 'a\\x0ab\\x00\\xe2\\x80\\xae'],
  ['\u{1f600}'.repeat(200), `${'\u{1f600}'.repeat(127)}…`],
])('%j is shown as %j', (raw, shown) => {
  expect(shownName(raw)).toBe(shown);
});

test('a path shows no control characters', () => {
  expect(shownPath('/tmp/\u001b[2Jx')).toBe('/tmp/\\x1b[2Jx');
});
