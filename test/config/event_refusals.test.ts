import { describe, expect, test } from 'vitest';
import { type Files, mainOfOne, probeOf, refusal } from './configuration_folder.js';

// The output of each case is in __snapshots__: read it aloud after `vitest -u`.

const probe = (text: string): Files => ({ 'main.yaml': mainOfOne, 'probes/p.yaml': text });
const metric = (lines: Record<string, string | undefined>): Files => probe(probeOf(lines));
const stream = '{ buffer: m, type: struct event }';
const ofEvents = (lines: Record<string, string | undefined>): Files =>
  probe(`${probeOf({ map: undefined, events: 'opened', ...lines })}events: { opened: ${stream} }\n`);
const where = (condition: string): Files =>
  probe(`${probeOf({})}events: { opened: { buffer: m, type: event, where: { ret: ${condition} } } }\n`);

const cases: Record<string, Files> = {
  'no stream': metric({ map: undefined, events: 'opened' }),
  'unknown stream': probe(`${probeOf({ map: undefined, events: 'opend' })}events: { opened: ${stream} }\n`),
  'map and stream': probe(`${probeOf({ events: 'opened' })}events: { opened: ${stream} }\n`),
  'a gauge': ofEvents({ name: 'things', type: 'gauge' }),
  'a histogram of nothing': ofEvents({ name: 'things', type: 'histogram' }),
  'buckets of a program': ofEvents({ name: 'things', type: 'histogram', value: 'v', buckets: '{ edges: floor }' }),
  'linear without end': ofEvents({
    name: 'things',
    type: 'histogram',
    value: 'v',
    buckets: '{ linear: { start: 0, step: 10 } }',
  }),
  'label of a value': ofEvents({ labels: '{ a: { field: b, from: value } }' }),
  'label without field': ofEvents({ labels: '{ a: {} }' }),
  'stream without type': probe(`${probeOf({})}events: { opened: { buffer: m } }\n`),
  'type with a star': probe(`${probeOf({})}events: { opened: { buffer: m, type: struct event * } }\n`),
  'pages that are no power of two': probe(`${probeOf({})}events: { o: { buffer: m, type: e, pages: 12 } }\n`),
  'unknown condition': where('{ least: 0 }'),
  'empty condition': where('{}'),
  'min above max': where('{ min: 2, max: 1 }'),
  'min of text': where('{ min: a }'),
  'no values': where('[]'),
};

describe('events', () => {
  test.each(Object.entries(cases))('%s', (_, files) => {
    const text = refusal(files);
    expect(text).not.toBe('accepted');
    expect(`\n${text}\n`).toMatchSnapshot();
  });
});
