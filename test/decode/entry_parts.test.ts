import { describe, expect, it } from 'vitest';
import type { LabelSpec } from '../../src/config/probe_schema.js';
import type { IntegerLayout, Layout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { bind, faultsOf } from './bound_metrics.js';

const u64: IntegerLayout = {
  kind: 'integer',
  type: '__u64',
  size: 8,
  signed: false,
  encoding: 'number',
  network: false,
};
const counts: Layout = { kind: 'array', type: '__u64[3]', size: 24, element: u64, count: 3 };
const open: Layout = { kind: 'array', type: '__u64[0]', size: 0, element: u64, count: 0 };
const value: Layout = {
  kind: 'struct',
  type: 'struct v',
  size: 40,
  fields: [
    { name: 'at', offset: 0, layout: u64 },
    { name: 'counts', offset: 8, layout: counts },
    { name: 'rest', offset: 40, layout: open },
  ],
};
const mapOf = (type: string): MapDescription => ({ name: type, type, keySize: 8, valueSize: 40, key: u64, value });
const maps = new Map(['hash', 'percpu_hash'].map((type) => [type, mapOf(type)]));
const from = (source: 'cpu' | 'index'): LabelSpec => ({ from: source });

describe('the parts of an entry', () => {
  it('are its elements on each CPU, told apart by what follows the key', () => {
    const labels = { cpu: from('cpu'), index: from('index') };
    const [binding] = bind([{ map: 'percpu_hash', value: 'counts[]', labels }], maps);
    expect(binding!.parts).toEqual({ perCpu: true, elements: 3, elementSize: 8 });
    expect(binding!.value).toMatchObject({ field: { offset: 8 } });
    const key = Buffer.alloc(16);
    key.writeUInt32LE(7, 8);
    key.writeUInt32LE(2, 12);
    expect(binding!.labels.decode(key)).toEqual(['7', '2']);
  });

  it.each([
    ['a CPU of a hash', { map: 'hash', value: 'at', labels: { cpu: from('cpu') } }, 'MAP_NOT_PER_CPU'],
    ['a combination in a hash', { map: 'hash', type: 'gauge', value: 'at', combine: 'max' }, 'MAP_NOT_PER_CPU'],
    ['a gauge of all CPUs', { map: 'percpu_hash', type: 'gauge', value: 'at' }, 'CPUS_NOT_COMBINED'],
    ['an array that is none', { map: 'hash', value: 'at[]', labels: { i: from('index') } }, 'FIELD_PATH_INVALID'],
    ['an array without an end', { map: 'hash', value: 'rest[]', labels: { i: from('index') } }, 'FIELD_INDEX_INVALID'],
    [
      'a time that is an array',
      { map: 'percpu_hash', type: 'gauge', value: 'at', combine: { last: 'counts' } },
      'FIELD_UNSUITABLE',
    ],
    [
      'a number of values that is an array',
      { map: 'percpu_hash', type: 'gauge', value: 'at', combine: { average: 'counts' } },
      'FIELD_UNSUITABLE',
    ],
  ] as const)('are refused: %s', (_, metric, code) => {
    expect(faultsOf([metric], maps).map((fault) => fault.code)).toEqual([code]);
  });
});
