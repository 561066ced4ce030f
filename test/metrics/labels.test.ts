import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { parseExposition } from '../harness/exposition_parser.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';
import { randomNumbers } from '../harness/random.js';

/** What breaks exporters that join, split or forget to escape. */
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
  it.each(['text', 'openmetrics'] as const)('come back whole from %s, whatever they contain', async (format) => {
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
  });

  it('are one series when UTF-8 cannot tell them apart', async () => {
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

describe('entries that cannot be decoded or are dropped', () => {
  it('are skipped one by one, and counted once', async () => {
    const map = new FakeMap();
    for (const index of [0, 1, 2]) map.set(u32(index), u64(1 + index));
    const decode = (key: Buffer) => {
      if (key.readUInt32LE(0) === 1) throw new Error('no such thing');
      return [`n${key.readUInt32LE(0)}`];
    };
    const drop = (key: Buffer) => (key.readUInt32LE(0) === 0 ? undefined : ['kept']);
    const bindings = [
      bindingOf({ labels: ['a'], decode }),
      bindingOf({ name: 'kept_total', labels: ['a'], decode: drop }),
    ];
    const collection = new Collection(bindings, [map]);
    for (let scrape = 0; scrape < 3; scrape++) {
      expect(await collection.values()).toEqual({
        'events_total a="n0"': 1,
        'events_total a="n2"': 3,
        'kept_total a="kept"': 5,
      });
    }
    expect(collection.metrics.counts.metrics.map((metric) => metric.decodeErrors)).toEqual([1, 0]);
    map.delete(u32(1));
    await collection.values();
    map.set(u32(1), u64(1));
    await collection.values();
    expect(collection.metrics.counts.metrics.map((metric) => metric.decodeErrors)).toEqual([2, 0]);
  });

  it('wait for tables that are loaded on the side', async () => {
    const map = new FakeMap();
    map.set(u32(0), u64(1));
    let loaded = false;
    const prepare = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      loaded = true;
    };
    const collection = new Collection([bindingOf({ labels: ['a'], prepare, decode: () => [String(loaded)] })], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="true"': 1 });
  });
});

describe('tables that must know before what they will be asked', () => {
  /** Knows only what was announced before it was prepared. */
  function foresighted(words: (key: Uint8Array, value: Uint8Array | undefined) => string) {
    const announced = new Set<string>();
    const known = new Set<string>();
    return {
      announced,
      labels: ['a'],
      announce: (key: Uint8Array, value?: Uint8Array) => void announced.add(words(key, value)),
      prepare: async () => {
        for (const word of announced) known.add(word);
        await Promise.resolve();
      },
      decode: (key: Buffer, value: Buffer | undefined) => {
        const word = words(key, value);
        return [known.has(word) ? word : `unknown ${word}`];
      },
    };
  }
  const byKey = (key: Uint8Array) => `n${Buffer.from(key).readUInt32LE(0)}`;

  it('are told new keys', async () => {
    const map = new FakeMap();
    const { announced, ...options } = foresighted(byKey);
    const collection = new Collection([bindingOf(options)], [map]);
    map.set(u32(1), u64(5));
    await collection.values();
    announced.clear();
    map.set(u32(2), u64(7));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 5, 'events_total a="n2"': 7 });
    expect([...announced]).toEqual(['n2']);
  });

  it('are told the entries of an array that have begun to count', async () => {
    const map = new FakeMap({ type: 'array', maxEntries: 3 });
    for (const index of [0, 1, 2]) map.set(u32(index), u64(index === 1 ? 5 : 0));
    const { announced, ...options } = foresighted(byKey);
    const collection = new Collection([bindingOf(options)], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 5 });
    expect([...announced]).toEqual(['n1']);
  });

  it('are told the values that labels come from', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const { announced: _, ...options } = foresighted((_key, value) => `s${Buffer.from(value!).readUInt32LE(8)}`);
    const collection = new Collection([bindingOf({ ...options, usesValue: true })], [map]);
    map.set(u32(1), Buffer.concat([u64(5), u32(3)]));
    expect(await collection.values()).toEqual({ 'events_total a="s3"': 5 });
  });
});

describe('labels in the value', () => {
  const decode = (_key: Buffer, value: Buffer | undefined) => {
    const state = value!.readUInt32LE(8);
    if (state === 9) throw new Error('no such state');
    return state === 8 ? undefined : [`s${state}`];
  };
  const entry = (count: number, state: number) => Buffer.concat([u64(count), u32(state)]);
  const options = { labels: ['state'], decode, usesValue: true };

  it('move what is counted from then on to the new series', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const collection = new Collection([bindingOf(options)], [map]);
    map.set(u32(1), entry(5, 1));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5 });
    map.set(u32(1), entry(8, 2));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 3 });
    map.set(u32(1), entry(1, 2));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 4 });
    map.delete(u32(1));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 4 });
  });

  it('move a gauge as it is', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const collection = new Collection([bindingOf({ ...options, type: 'gauge' })], [map]);
    map.set(u32(1), entry(5, 1));
    await collection.values();
    map.set(u32(1), entry(8, 2));
    expect(await collection.values()).toEqual({ 'events state="s2"': 8 });
  });

  it('are counted once as an error while they cannot be decoded', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const collection = new Collection([bindingOf(options)], [map]);
    map.set(u32(1), entry(5, 1));
    await collection.values();
    map.set(u32(1), entry(6, 9));
    await collection.values();
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5 });
    expect(collection.metrics.counts.metrics[0]!.decodeErrors).toBe(1);
    map.set(u32(1), entry(6, 8));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5 });
    map.set(u32(1), entry(7, 2));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 2 });
    map.set(u32(1), entry(8, 9));
    await collection.values();
    map.delete(u32(1));
    await collection.values();
    map.set(u32(1), entry(1, 1));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 6, 'events_total state="s2"': 2 });
  });

  it('are looked at in arrays only when the value is above zero', async () => {
    const map = new FakeMap({ type: 'array', valueSize: 12 });
    map.set(u32(0), entry(0, 0));
    map.set(u32(1), entry(0, 3));
    expect(await new Collection([bindingOf(options)], [map]).values()).toEqual({ 'events_total state="s3"': 0 });
  });
});
