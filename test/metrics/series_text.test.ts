import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { parseExposition } from '../harness/exposition_parser.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';
import { randomNumbers } from '../harness/random.js';

/** Texts that break an exporter that joins, splits or does not escape. */
const pieces = [
  '"',
  '\\',
  '\n',
  ',',
  ':',
  '|',
  '=',
  '{',
  '}',
  ' ',
  '#',
  'a',
  'k',
  ',k:',
  '",b="',
  '\\n',
  '\0',
  '\r',
  'é',
  '🎅',
  '\ufffd',
];

describe('label values', () => {
  it.each(['text', 'openmetrics'] as const)(
    'are read back unchanged from %s, whatever they contain',
    async (format) => {
      const random = randomNumbers(42);
      const text = () => Array.from({ length: random(6) }, () => pieces[random(pieces.length)]).join('');
      const texts = Array.from({ length: 3000 }, () => [text(), text()]);
      const map = new FakeMap({ maxEntries: texts.length });
      const truth = new Map<string, number>();
      for (const [index, pair] of texts.entries()) {
        map.set(u32(index), u64(index + 1));
        truth.set(JSON.stringify(pair), (truth.get(JSON.stringify(pair)) ?? 0) + index + 1);
      }
      const decode = (key: Buffer) => texts[key.readUInt32LE(0)];
      const collection = new Collection([bindingOf({ labels: ['a', 'b'], decode })], [map]);
      const [family] = parseExposition(await collection.scrape(format), format);
      const found = family!.samples.map(({ labels, value }) => [JSON.stringify([labels.a, labels.b]), value]);
      expect(found).toHaveLength(truth.size);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(truth));
    },
  );

  it('are one series if their UTF-8 is equal', async () => {
    const map = new FakeMap();
    for (const index of [0, 1, 2]) map.set(u32(index), u64(1));
    const decode = (key: Buffer) => [['\ud800', '\udc00', '\ufffd'][key.readUInt32LE(0)]!];
    const collection = new Collection([bindingOf({ labels: ['a'], decode })], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="\ufffd"': 3 });
  });

  it('may be long, in any type of metric', async () => {
    const map = new FakeMap({ valueSize: 32 });
    map.set(u32(0), u64(1, 2, 3, 4));
    const long = Array.from({ length: 40 }, (_, index) => `${index}${'"é'.repeat(64)}`);
    const labels = long.map((_, index) => `l${index}`);
    const read = {
      kind: 'histogram',
      field: { sum: { offset: 0, size: 8, signed: false }, buckets: { offset: 8, count: 3, size: 8 } },
    } as const;
    const bindings = [
      bindingOf({ labels, decode: () => long }),
      bindingOf({ name: 'other', read, labels, decode: () => long }),
    ];
    const families = parseExposition(await new Collection(bindings, [map]).scrape(), 'text');
    const samples = families.flatMap((family) => family.samples);
    expect(samples.map((sample) => sample.value)).toEqual([1, 2, 5, 9, 1, 9]);
    for (const { labels: parsed } of samples) expect(Object.values(parsed).slice(0, 40)).toEqual(long);
  });
});
