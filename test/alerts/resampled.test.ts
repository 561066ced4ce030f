import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { expanded, resampled } from './resampled.js';

test('expands the notation of promtool', () => {
  expect(expanded('0+2x3 7 _x2 1x1 5-1x2 stale')).toEqual([
    '0',
    '2',
    '4',
    '6',
    '7',
    '_',
    '_',
    '1',
    '1',
    '5',
    '4',
    '3',
    'stale',
  ]);
  expect(() => expanded('one')).toThrow('notation');
});

const text = `
rule_files: [../rules/a.yaml]
evaluation_interval: 15s
tests:
  - name: fires
    interval: 15s
    input_series: [{ series: a_total, values: 0+1x8 }, { series: b, values: 1 }]
  - name: 'at 15 s: fires'
    interval: 15s
    input_series: []
  - name: a week
    interval: 5m
    input_series: [{ series: a_total, values: 1 2 3 }]
`;

test('takes the samples of a longer scrape interval', () => {
  const { tests, evaluation_interval } = parse(resampled(text, 60));
  expect(evaluation_interval).toBe('60s');
  expect(tests).toEqual([
    {
      name: 'fires',
      interval: '60s',
      input_series: [
        { series: 'a_total', values: '0 4 8' },
        { series: 'b', values: '1' },
      ],
    },
    { name: 'a week', interval: '300s', input_series: [{ series: 'a_total', values: '1 2 3' }] },
  ]);
  expect(parse(resampled(text, 15)).tests).toHaveLength(3);
});
