import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];

function array(entries: number, options: ConstructorParameters<typeof FakeMap>[0] = {}): FakeMap {
  const map = new FakeMap({ type: 'array', maxEntries: entries, ...options });
  for (let index = 0; index < entries; index++) map.set(u32(index), Buffer.alloc(map.valueSize));
  return map;
}

describe('arrays', () => {
  it('leaves out entries that were always zero, and does not decode their keys', async () => {
    const map = array(4);
    const decoded: number[] = [];
    const counting = (key: Buffer) => {
      decoded.push(key.readUInt32LE(0));
      return decode(key);
    };
    const collection = new Collection([bindingOf({ type: 'gauge', labels: ['a'], decode: counting })], [map]);
    expect(await collection.values()).toEqual({});
    map.set(u32(2), u64(5));
    expect(await collection.values()).toEqual({ 'events a="n2"': 5 });
    map.set(u32(2), u64(0));
    map.set(u32(3), u64(1));
    expect(await collection.values()).toEqual({ 'events a="n2"': 0, 'events a="n3"': 1 });
    expect(decoded).toEqual([2, 3]);
  });

  it('shows every metric of an entry once any part of its value is above zero', async () => {
    const map = array(2, { valueSize: 16 });
    const names: BindingOptions[] = [{ name: 'calls_total' }, { name: 'errors_total' }];
    const bindings = names.map((name, index) =>
      bindingOf({
        ...name,
        labels: ['a'],
        decode,
        read: { kind: 'number', field: { offset: 8 * index, size: 8, signed: false } },
      }),
    );
    const collection = new Collection(bindings, [map]);
    map.set(u32(1), u64(3, 0));
    expect(await collection.values()).toEqual({ 'calls_total a="n1"': 3, 'errors_total a="n1"': 0 });
    expect(map.reads).toBe(1);
  });

  it('sees any byte of a value, on any CPU, and no byte of its neighbours', async () => {
    for (const [type, cpus, valueSize] of [
      ['array', 1, 7],
      ['array', 1, 8],
      ['percpu_array', 2, 5],
    ] as const) {
      const bytes = cpus * valueSize;
      const map = array(2 * bytes + 1, { type, cpus, valueSize });
      const shown: string[] = [];
      for (let byte = 0; byte < bytes; byte++) {
        const values = Array.from({ length: cpus }, () => Buffer.alloc(valueSize));
        values[Math.floor(byte / valueSize)]![byte % valueSize] = 0x80;
        map.set(u32(2 * byte + 1), values);
        shown.push(`events a="n${2 * byte + 1}"`);
      }
      const read = { kind: 'number', field: { offset: 0, size: 1, signed: false } } as const;
      const collection = new Collection([bindingOf({ type: 'gauge', labels: ['a'], decode, read })], [map]);
      expect(Object.keys(await collection.values()).sort()).toEqual(shown.sort());
    }
  });

  it.each([[[]], [['job=constant']]])(
    'always shows a metric whose labels %o do not differ between entries',
    async (labels) => {
      const collection = new Collection([bindingOf({ labels })], [array(1)]);
      expect(Object.values(await collection.values())).toEqual([0]);
    },
  );

  it('leaves out entries that were always zero if only one of several labels differs', async () => {
    const map = array(3);
    map.set(u32(1), u64(5));
    const collection = new Collection([bindingOf({ labels: ['job=constant', 'a'], decode })], [map]);
    expect(await collection.values()).toEqual({ 'events_total job="constant" a="n1"': 5 });
  });

  it('sees the counts of every CPU of a per-CPU array', async () => {
    const map = array(2, { type: 'percpu_array', cpus: 2, valueSize: 4 });
    map.set(u32(1), [u32(0), u32(9)]);
    const read = { kind: 'number', field: { offset: 0, size: 4, signed: false } } as const;
    const collection = new Collection([bindingOf({ labels: ['a'], decode, read })], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 9 });
  });

  it('ignores `expire`: entries of an array cannot be removed', async () => {
    const map = array(1);
    map.set(u32(0), u64(1));
    const collection = new Collection([bindingOf({ labels: ['a'], decode, expireMs: 1000 })], [map]);
    await collection.values();
    collection.now = 10_000;
    await collection.values();
    expect(await collection.values()).toEqual({ 'events_total a="n0"': 1 });
  });
});

describe('decoders that load tables', () => {
  it('are awaited before labels are decoded', async () => {
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

describe('decoders that must know the entries before they decode', () => {
  /** Decodes only what was announced before it was prepared. */
  function announcing(words: (key: Uint8Array, value: Uint8Array | undefined) => string) {
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

  it('get new keys', async () => {
    const map = new FakeMap();
    const { announced, ...options } = announcing(byKey);
    const collection = new Collection([bindingOf(options)], [map]);
    map.set(u32(1), u64(5));
    await collection.values();
    announced.clear();
    map.set(u32(2), u64(7));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 5, 'events_total a="n2"': 7 });
    expect([...announced]).toEqual(['n2']);
  });

  it('get the entries of an array whose value is above zero for the first time', async () => {
    const map = new FakeMap({ type: 'array', maxEntries: 3 });
    for (const index of [0, 1, 2]) map.set(u32(index), u64(index === 1 ? 5 : 0));
    const { announced, ...options } = announcing(byKey);
    const collection = new Collection([bindingOf(options)], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 5 });
    expect([...announced]).toEqual(['n1']);
  });

  it('get the value of every entry, and nothing of the next', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const sizes = new Set<number>();
    const { announced, ...options } = announcing((_key, value) => {
      sizes.add(value!.length);
      return `s${Buffer.from(value!).readUInt32LE(8)}`;
    });
    const collection = new Collection([bindingOf({ ...options, usesValue: true })], [map]);
    for (const index of [1, 2, 3]) map.set(u32(index), Buffer.concat([u64(index), u32(10 + index)]));
    expect(await collection.values()).toEqual({
      'events_total a="s11"': 1,
      'events_total a="s12"': 2,
      'events_total a="s13"': 3,
    });
    expect([...announced]).toEqual(['s11', 's12', 's13']);
    expect([...sizes]).toEqual([12]);
  });

  it('get the values that labels come from', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const { announced: _, ...options } = announcing((_key, value) => `s${Buffer.from(value!).readUInt32LE(8)}`);
    const collection = new Collection([bindingOf({ ...options, usesValue: true })], [map]);
    map.set(u32(1), Buffer.concat([u64(5), u32(3)]));
    expect(await collection.values()).toEqual({ 'events_total a="s3"': 5 });
  });
});
