import { expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { yamlLines } from '../../src/migrate/yaml_text.js';

const nasty = [
  'yes',
  'No',
  'null',
  '1',
  '0x1',
  '-',
  '# no comment',
  'a: b',
  'a #b',
  '',
  ' a',
  'a ',
  '"',
  "it's",
  'a\nb',
  '{',
  '~',
  'é',
  'a, b',
  '*',
  '^.*$',
  'on',
];

test.each(nasty)('text %j stays what it is', (text) => {
  const value = { a: text, [text]: { list: [text], [text]: text } };
  for (const expanded of [0, 1, 2, 3, 4]) expect(parse(yamlLines(value, expanded).join('\n'))).toEqual(value);
});

it('writes on one line what fits', () => {
  const value = { name: 'x', labels: { device: { field: 'dev', decode: 'stat_device' } }, gone: undefined };
  expect(yamlLines(value, 1)).toEqual(['name: x', 'labels: { device: { field: dev, decode: stat_device } }']);
  const long = { map: Object.fromEntries(Array.from({ length: 30 }, (_, number) => [number, `number_${number}`])) };
  expect(yamlLines(long, 1)).toHaveLength(31);
  expect(parse(yamlLines(long, 1).join('\n'))).toEqual(long);
});
