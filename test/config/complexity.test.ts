import { describe, expect, test } from 'vitest';
import { parseTree } from '../../src/config/yaml_tree.js';

const times = (text: string, count: number) => text.repeat(count);
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

function verdict(text: string): string {
  const { faults } = parseTree('f.yaml', text);
  const [first] = faults;
  return first === undefined ? 'accepted' : `${first.location!.line}:${first.location!.column} ${first.message}`;
}

const tooComplex = 'The file is too complex: ';

describe('one more than a limit is refused, with its place', () => {
  const deep = `${tooComplex}nested more than 64 levels deep`;
  test.each([
    ['lists in brackets', (n: number) => `${times('[', n)}1${times(']', n)}`, `1:66 ${deep}`],
    ['mappings in braces', (n: number) => `${times('{a: ', n)}1${times('}', n)}`, `1:261 ${deep}`],
    ['lists on a line', (n: number) => `${times('- ', n)}1`, `1:131 ${deep}`],
    ['mappings on lines', (n: number) => lines(n, (i) => `${times(' ', i)}a:`), `65:65 ${deep}`],
  ])('levels: %s', (_, text, fault) => {
    expect(verdict(text(64))).toBe('accepted');
    expect(verdict(text(65))).toBe(fault);
  });

  test('levels that aliases add', () => {
    const half = `a: &a ${times('[', 40)}1${times(']', 40)}\n`;
    expect(verdict(`${half}b: ${times('[', 23)}*a${times(']', 23)}`)).toBe('accepted');
    expect(verdict(`${half}b: ${times('[', 24)}*a${times(']', 24)}`)).toMatch(deep);
  });

  test('values, with those of aliases', () => {
    const text = (n: number) => `a: &a [${times('x,', 9998)}]\nb: [*a, *a, *a, *a]\nc: [${times('x,', n)}]`;
    // Those of `a` five times, the mapping, `a` itself with its aliases, `b` and `c`.
    const others = 50_000 - 5 * 9998 - 1 - 5 - 1 - 1;
    expect(verdict(text(others))).toBe('accepted');
    expect(verdict(text(others + 1))).toBe(`3:${5 + 2 * others} ${tooComplex}more than 50000 values, aliases included`);
  }, 60_000);

  test('settings that other ones override', () => {
    const merged = `a: &a { ${lines(240, (i) => `k${i}: 1,`).replaceAll('\n', ' ')} }\nb: { <<: [ ${times('*a, ', 210)} ] }`;
    expect(verdict(merged)).toMatch('more than 50000 values');
  });

  test('tokens', () => {
    // Two per line, and nothing after the last one.
    expect(verdict(times('#\n', 50_000))).toBe('accepted');
    expect(verdict(`${times('#\n', 50_000)}#`)).toBe(`50001:1 ${tooComplex}more than 100000 tokens`);
  });

  test('characters of a key', () => {
    expect(verdict(`? ${times('k', 1024)}\n: 1`)).toBe('accepted');
    expect(verdict(`? ${times('k', 1025)}\n: 1`)).toBe(`1:3 ${tooComplex}a key has more than 1024 characters`);
  });
});
