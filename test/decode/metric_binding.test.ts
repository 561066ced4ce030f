import { describe, expect, it } from 'vitest';
import { faultsOf, key, type Metric } from './bound_metrics.js';
import { fixtureMaps } from './fixture_types.js';

describe('metrics that do not fit their maps', () => {
  it.each<[string, Metric, string, string, string | RegExp]>([
    [
      'an unknown map',
      { map: 'evens' },
      'MAP_UNKNOWN',
      'metrics.0.map',
      'The object has no map "evens"; it has events, events_other, ordinary_events, counts, slots, mismatched, mismatched_other, untyped, wide_array, .bss',
    ],
    [
      'a ring buffer',
      { map: 'records' },
      'MAP_NOT_READABLE',
      'metrics.0.map',
      'Map "records" of type ringbuf cannot be read as a metric: it holds events on their way to user space',
    ],
    [
      'an array with a wide key',
      { map: 'wide_array' },
      'MAP_KEY_UNSUITABLE',
      'metrics.0.map',
      'The key of array map "wide_array" must be a 4-byte integer, but is an 8-byte integer (__u64)',
    ],
    [
      'a map without types',
      { map: 'untyped' },
      'MAP_UNTYPED',
      'metrics.0.map',
      'Map "untyped" has no BTF type for its value, only a size',
    ],
    [
      'an unknown value',
      { value: 'cuont' },
      'FIELD_UNKNOWN',
      'metrics.0.value',
      'The value of map "events" (struct value) has no field "cuont"; it has count (__u64), latency (struct hist), small (__u32[4]), wide (__int128)',
    ],
    [
      'a struct as a number',
      {},
      'FIELD_UNSUITABLE',
      'metrics.0.map',
      'The value of counter "m" must be an integer of at most 8 bytes: the value of map "events" is a struct (struct value) with the fields count (__u64), latency (struct hist), small (__u32[4]), wide (__int128)',
    ],
    [
      'a histogram as a counter',
      { value: 'latency' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      'The value of counter "m" must be an integer of at most 8 bytes (a struct with buckets needs `type: histogram`): field "latency" of the value of map "events" is a struct (struct hist) with the fields sum (__u64), buckets (__u64[27])',
    ],
    [
      'a number as a histogram',
      { type: 'histogram', value: 'count' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      'The value of histogram "m" must be an array of 2 to 4096 __u64 or __u32, or a struct with such an array "buckets" and optionally "sum": field "count" of the value of map "events" is an 8-byte integer (__u64)',
    ],
    [
      '16 bytes as a number',
      { value: 'wide' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      'The value of counter "m" must be an integer of at most 8 bytes: field "wide" of the value of map "events" is a 16-byte integer (__int128)',
    ],
    [
      'a floating-point number',
      { map: '.bss', value: 'keep_float' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      'The value of counter "m" must be an integer of at most 8 bytes: field "keep_float" of the value of map ".bss" is a floating-point number (float)',
    ],
    [
      'an unknown variable',
      { map: '.bss', value: 'totl' },
      'FIELD_UNKNOWN',
      'metrics.0.value',
      /^The value of map "\.bss" \(section \.bss\) has no field "totl"; it has .*total \(__u64\)/,
    ],
    [
      'an unknown label field',
      { value: 'count', labels: { a: key('x') } },
      'FIELD_UNKNOWN',
      'metrics.0.labels.a.field',
      /^The key of map "events" \(struct key\) has no field "x"; it has pid \(__u32\), /,
    ],
    [
      'a label of a whole struct',
      { value: 'count', labels: { a: key() } },
      'DECODER_UNSUITABLE',
      'metrics.0.labels.a.field',
      /^Label "a" needs a decoder: the key of map "events" is a struct \(struct key\) with the fields pid \(__u32\), /,
    ],
    [
      'an unsuitable decoder',
      { value: 'count', labels: { a: { from: 'key', field: 'comm', decode: [{ kind: 'user' }] } } },
      'DECODER_UNSUITABLE',
      'metrics.0.labels.a.decode.0',
      'Decoder "user" of label "a" takes an integer, but field "comm" of the key of map "events" is an array (char[16])',
    ],
    [
      'a decoder of fields after another',
      {
        value: 'count',
        labels: {
          a: {
            from: 'key',
            field: 'comm',
            decode: [
              { kind: 'string' },
              { kind: 'regex', action: 'keep', pattern: '.', replace: '' },
              { kind: 'user' },
            ],
          },
        },
      },
      'DECODER_UNSUITABLE',
      'metrics.0.labels.a.decode.2',
      'Decoder "user" of label "a" must come first: it reads the raw field, not the output of "regex"',
    ],
    [
      'a map that can never match',
      { value: 'count', labels: { a: { from: 'key', field: 'pid', decode: [{ kind: 'map', values: { x: 'y' } }] } } },
      'DECODER_KEY_INVALID',
      'metrics.0.labels.a.decode.0',
      'Decoder "map" of label "a" can never match "x": its left sides must be whole numbers from 0, because field "pid" of the key of map "events" is a 4-byte integer (__u32)',
    ],
    [
      'a label of a per-CPU value',
      { value: 'count', labels: { a: { from: 'value', field: 'count' } } },
      'FIELD_UNSUITABLE',
      'metrics.0.labels.a.from',
      'Label "a" must be a field of the key: the value of percpu_hash map "events" differs from CPU to CPU',
    ],
    [
      'a companion of another layout',
      { map: 'mismatched', type: 'histogram', buckets: { kind: 'exp2', edges: 'ceil' } },
      'OVERFLOW_UNSUITABLE',
      'metrics.0.map',
      'Map "mismatched_other" cannot be the overflow companion of map "mismatched": its "value" (__u64) is not laid out like the value of "mismatched" (struct hist)',
    ],
    [
      'an unknown bucket field',
      { map: 'slots', type: 'histogram', buckets: { kind: 'exp2', key: { field: 'slt' } } },
      'FIELD_UNKNOWN',
      'metrics.0.buckets.key',
      'The key of map "slots" (struct slot_key) has no field "slt"; it has dev (__u32), slot (__u32)',
    ],
    [
      'a bucket field that is text',
      { type: 'histogram', buckets: { kind: 'exp2', key: { field: 'comm', count: 'count' } } },
      'FIELD_UNSUITABLE',
      'metrics.0.buckets.key',
      'The bucket of histogram "m" must be an integer of at most 8 bytes: field "comm" of the key of map "events" is an array (char[16])',
    ],
    [
      'an unknown count of a bucket',
      { type: 'histogram', buckets: { kind: 'exp2', key: { field: 'pid', count: 'x' } } },
      'FIELD_UNKNOWN',
      'metrics.0.buckets.count',
      'The value of map "events" (struct value) has no field "x"; it has count (__u64), latency (struct hist), small (__u32[4]), wide (__int128)',
    ],
    [
      'a count of a bucket that is a struct',
      { type: 'histogram', value: 'latency', buckets: { kind: 'exp2', key: { field: 'pid', count: 'buckets' } } },
      'FIELD_UNSUITABLE',
      'metrics.0.buckets.count',
      'The count of a bucket of histogram "m" must be an integer of at most 8 bytes: field "latency.buckets" of the value of map "events" is an array (__u64[27])',
    ],
    [
      'a number in network byte order',
      { value: 'count', type: 'histogram', buckets: { kind: 'exp2', key: { field: 'dport' } } },
      'FIELD_UNSUITABLE',
      'metrics.0.buckets.key',
      'The bucket of histogram "m" must be an integer in the host\'s byte order: field "dport" of the key of map "events" is a 2-byte integer (__be16)',
    ],
  ])('refuses %s', (_, settings, code, file, message) => {
    const faults = faultsOf([settings]);
    expect(faults.map((fault) => [fault.code, fault.location?.file])).toEqual([[code, file]]);
    if (typeof message === 'string') expect(faults[0]!.message).toBe(message);
    else expect(faults[0]!.message).toMatch(message);
  });

  it.each<[string, Metric]>([
    ['events', { map: 'evnts' }],
    ['count', { value: 'cuont' }],
    ['total', { map: '.bss', value: 'totl' }],
    ['slot', { map: 'slots', type: 'histogram', buckets: { kind: 'exp2', key: { field: 'slt' } } }],
  ])('suggests "%s"', (name, settings) => {
    expect(faultsOf([settings]).map(({ remedy }) => remedy)).toEqual([`Did you mean "${name}"?`]);
  });

  it('are reported at the label when it names no field', () => {
    const faults = faultsOf([{ map: 'untyped', labels: { a: key() } }]);
    expect(faults.map(({ code, location }) => [code, location?.file])).toEqual([
      ['MAP_UNTYPED', 'metrics.0.map'],
      ['MAP_UNTYPED', 'metrics.0.labels.a'],
    ]);
  });

  it('are reported at the key of a bucket when the map has no type for it', () => {
    const { key: _, ...keyless } = fixtureMaps().get('slots')!;
    const metric: Metric = { map: 'slots', type: 'histogram', buckets: { kind: 'exp2', key: { field: 'slot' } } };
    expect(
      faultsOf([metric], new Map([['slots', keyless]])).map(({ code, location }) => [code, location?.file]),
    ).toEqual([['MAP_UNTYPED', 'metrics.0.buckets.key']]);
  });

  it('are reported at the sum of a bucket', () => {
    const buckets = { kind: 'exp2', edges: 'ceil', sum: 'wide', key: { field: 'pid', count: 'count' } } as const;
    expect(
      faultsOf([{ type: 'histogram', buckets }]).map(({ message, location }) => [message, location?.file]),
    ).toEqual([
      [
        'The sum of a bucket of histogram "m" must be an integer of at most 8 bytes: field "wide" of the value of map "events" is a 16-byte integer (__int128)',
        'metrics.0.buckets.sum',
      ],
    ]);
  });

  it('are reported all at once', () => {
    const faults = faultsOf([
      { value: 'nope', labels: { a: key('x'), b: key('y'), c: key('pid') } },
      { map: 'nope' },
      { value: 'count' },
    ]);
    expect(faults.map(({ location }) => location!.file)).toEqual([
      'metrics.0.value',
      'metrics.0.labels.a.field',
      'metrics.0.labels.b.field',
      'metrics.1.map',
    ]);
  });
});
