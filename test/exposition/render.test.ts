import { describe, expect, it } from 'vitest';
import { render } from '../../src/exposition/render.js';
import type { Family } from '../../src/metrics/family.js';
import { Pacer } from '../../src/metrics/pacer.js';
import { Collection, renderText } from '../harness/collection.js';
import { parseExposition } from '../harness/exposition_parser.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';
import { plainFamily } from '../harness/plain_family.js';

/** Series that take several chunks. */
const LONG = 2000;

const sample = (value: number) => ({ labels: [], value });

/** A counter and a histogram in seconds, and a gauge. */
async function families(): Promise<readonly Family[]> {
  const map = new FakeMap({ valueSize: 40 });
  map.set(u32(7), u64(3_000_000_000, 4, 0, 1, 2));
  const decode = () => ['say "hi"\\\n'];
  const bindings = [
    bindingOf({
      name: 'wait_seconds',
      help: 'Waits: a "line"\nand a \\.',
      unit: 'ns',
      labels: ['a'],
      decode,
      read: {
        kind: 'histogram',
        field: { sum: { offset: 0, size: 8, signed: false }, buckets: { offset: 8, count: 4, size: 8 }, isTime: true },
      },
    }),
    bindingOf({ name: 'busy_seconds_total', help: 'Busy.', unit: 'ns' }),
    bindingOf({ name: 'age', type: 'gauge', help: 'Age.', labels: ['job=x', 'a'], decode }),
  ];
  const collection = new Collection(bindings, [map], 'p_');
  await collection.collect();
  return collection.metrics.families;
}

describe('rendering', () => {
  it('writes text 0.0.4', async () => {
    expect(await renderText(await families(), 'text')).toBe(String.raw`# HELP p_age Age.
# TYPE p_age gauge
p_age{job="x",a="say \"hi\"\\\n"} 3000000000
# HELP p_busy_seconds_total Busy.
# TYPE p_busy_seconds_total counter
p_busy_seconds_total 3
# HELP p_wait_seconds Waits: a "line"\nand a \\.
# TYPE p_wait_seconds histogram
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="9.313225746154785e-10"} 4
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="1.862645149230957e-09"} 4
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="3.725290298461914e-09"} 5
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="+Inf"} 7
p_wait_seconds_sum{a="say \"hi\"\\\n"} 3
p_wait_seconds_count{a="say \"hi\"\\\n"} 7
`);
  });

  it('writes OpenMetrics 1.0.0', async () => {
    expect(await renderText(await families(), 'openmetrics')).toBe(String.raw`# HELP p_age Age.
# TYPE p_age gauge
p_age{job="x",a="say \"hi\"\\\n"} 3000000000
# HELP p_busy_seconds Busy.
# TYPE p_busy_seconds counter
# UNIT p_busy_seconds seconds
p_busy_seconds_total 3
# HELP p_wait_seconds Waits: a \"line\"\nand a \\.
# TYPE p_wait_seconds histogram
# UNIT p_wait_seconds seconds
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="9.313225746154785e-10"} 4
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="1.862645149230957e-09"} 4
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="3.725290298461914e-09"} 5
p_wait_seconds_bucket{a="say \"hi\"\\\n",le="+Inf"} 7
p_wait_seconds_sum{a="say \"hi\"\\\n"} 3
p_wait_seconds_count{a="say \"hi\"\\\n"} 7
# EOF
`);
  });

  it('writes only the end if no family has series', async () => {
    const empty = plainFamily('a', 'gauge', 'A.', []);
    expect(await renderText([empty], 'text')).toBe('');
    expect(await renderText([empty], 'openmetrics')).toBe('# EOF\n');
  });

  it('puts families of one name and type under one header, and skips a later one of another type', async () => {
    const text = await renderText(
      [
        plainFamily('b', 'gauge', 'First.', [{ labels: [['x', '1']], value: 1 }]),
        plainFamily('a', 'unknown', 'A.', [sample(Number.NaN)]),
        plainFamily('b_total', 'counter', 'Not this.', [sample(2)]),
        plainFamily('b', 'gauge', 'Second.', [{ labels: [['x', '2']], value: Number.NEGATIVE_INFINITY }]),
      ],
      'text',
    );
    expect(text).toBe(
      '# HELP a A.\n# TYPE a untyped\na NaN\n# HELP b First.\n# TYPE b gauge\nb{x="1"} 1\nb{x="2"} -Inf\n',
    );
  });

  it('does not depend on where chunks end', async () => {
    const map = new FakeMap({ maxEntries: 20_000, valueSize: 32 });
    for (let index = 0; index < LONG; index++) map.set(u32(index), u64(index, index, 1, 2));
    const decode = (key: Buffer) => ['é'.repeat(key.readUInt32LE(0) % 50), key.toString('hex')];
    const histogram = {
      kind: 'histogram',
      field: { sum: { offset: 0, size: 8, signed: false }, buckets: { offset: 8, count: 3, size: 8 } },
    } as const;
    const plain = plainFamily(
      'plain',
      'gauge',
      'Plain.',
      Array.from({ length: LONG }, (_, index) => ({ labels: [['a', `ü${index}`] as const], value: index })),
    );
    const bindings = [
      bindingOf({ labels: ['a', 'b'], decode, limit: 1_000_000 }),
      bindingOf({ name: 'sizes', labels: ['a', 'b'], decode, read: histogram, limit: 1_000_000 }),
    ];
    const collection = new Collection(bindings, [map]);
    await collection.collect();
    const text = await renderText([...collection.metrics.families, plain], 'openmetrics');
    const [counter, gauge, sizes] = parseExposition(text, 'openmetrics');
    const inOrder = Array.from({ length: LONG }, (_, index) => ({ index, text: decode(u32(index)).join('"') }))
      .sort((one, other) => (one.text < other.text ? -1 : 1))
      .map(({ index }) => index);
    expect(counter!.samples.map(({ value }) => value)).toEqual(inOrder);
    expect(gauge!.samples.map(({ labels }) => labels.a)).toEqual(
      Array.from({ length: LONG }, (_, index) => `ü${index}`),
    );
    expect(sizes!.samples).toHaveLength(LONG * 5);
    expect(sizes!.samples.filter(({ name }) => name === 'sizes_count').map(({ value }) => value)).toEqual(
      inOrder.map((index) => index + 3),
    );
  });

  it('names a family in OpenMetrics without the suffix of a counter, and of a counter only', async () => {
    const families = [
      plainFamily('totals_total_bytes_total', 'counter', 'A.', [sample(1)]),
      plainFamily('seen_total', 'gauge', 'B.', [sample(2)]),
      plainFamily('else', 'unknown', 'C.', [sample(3)]),
    ];
    expect((await renderText(families, 'openmetrics')).split('\n').filter((line) => line.startsWith('# TYPE'))).toEqual(
      ['# TYPE else unknown', '# TYPE seen_total gauge', '# TYPE totals_total_bytes counter'],
    );
  });

  it('names a unit only if the name ends with it', async () => {
    const families = ['wait_seconds', 'seconds_waited', 'waitseconds'].map((name) => ({
      ...plainFamily(name, 'gauge', 'Wait.', [sample(1)]),
      unit: 'seconds',
    }));
    const text = await renderText(
      [...families, plainFamily('sum_seconds', 'gauge', 'Sum.', [sample(1)])],
      'openmetrics',
    );
    expect(text.match(/^# UNIT.*$/gm)).toEqual(['# UNIT wait_seconds seconds']);
  });

  it('sorts by the name in OpenMetrics, whatever the order of the families', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `m${10 + ((index * 17) % 40)}`);
    const families = [
      ...names.map((name) => plainFamily(name, 'gauge', 'Help.', [sample(1)])),
      plainFamily('m20_b', 'gauge', 'Help.', [sample(1)]),
      plainFamily('m20_a_total', 'counter', 'Help.', [sample(1)]),
      plainFamily('m20_a_b', 'gauge', 'Help.', [sample(1)]),
    ];
    const found = [...(await renderText(families, 'text')).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    expect(found.slice(10, 15)).toEqual(['m20', 'm20_a_total', 'm20_a_b', 'm20_b', 'm21']);
    expect(found.filter((name) => name.length === 3)).toEqual(names.sort());
  });
});

describe('a long page', () => {
  const long = (name: string) =>
    plainFamily(
      name,
      'gauge',
      'Long.',
      Array.from({ length: 5000 }, (_, index) => ({ labels: [['a', `value ${index}`] as const], value: index })),
    );

  it('is given out a chunk at a time, before the next family is read', async () => {
    let reads = 0;
    const family = long('b');
    const second: Family = {
      ...family,
      get samples() {
        reads++;
        return family.samples;
      },
    };
    const chunks = render([long('a'), second], 'text', new Pacer(() => performance.now()));
    const { value } = await chunks.next();
    expect(value!.toString()).toMatch(/^# HELP a Long\.\n/);
    expect(reads).toBe(0);
    for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0);
    expect(reads).toBeGreaterThan(0);
  });

  it('is the same when every chunk is given back', async () => {
    const families = [long('a'), long('b'), long('c')];
    const source = render(families, 'text', new Pacer(() => performance.now()));
    const copies: Buffer[] = [];
    const chunks = new Set<Buffer>();
    for (let next = await source.next(); !next.done; next = await source.next(next.value)) {
      copies.push(Buffer.from(next.value));
      chunks.add(next.value);
    }
    expect(copies.length).toBeGreaterThan(chunks.size);
    expect(Buffer.concat(copies).toString()).toBe(await renderText(families, 'text'));
  });

  it('lets others run whenever the pacer is due, and only then', async () => {
    const pauses = async (step: number) => {
      let now = 0;
      let count = 0;
      const pacer = new Pacer(() => {
        now += step;
        return now;
      }, 6);
      const pause = pacer.pause.bind(pacer);
      pacer.pause = () => {
        count++;
        return pause();
      };
      await renderText([long('a'), long('b'), long('c')], 'text', pacer);
      return count;
    };
    expect(await pauses(0)).toBe(1);
    expect(await pauses(100)).toBeGreaterThan(3);
  });
});
