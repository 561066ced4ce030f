import { describe, expect, it } from 'vitest';
import { bind, key } from './bound_metrics.js';

describe('the value of a metric', () => {
  it('is a field of the map value, and the same field of the overflow companion', () => {
    const [binding] = bind([{ value: 'count' }]);
    expect(binding).toMatchObject({
      map: 'events',
      value: { kind: 'number', field: { offset: 0, size: 8, signed: false } },
      other: {
        map: 'events_other',
        value: { kind: 'number', field: { offset: 0, size: 8, signed: false } },
        lost: { offset: 272, size: 8, signed: false },
      },
    });
  });

  it('is a struct of sum and buckets', () => {
    const field = { sum: { offset: 8, size: 8, signed: false }, buckets: { offset: 16, count: 27, size: 8 } };
    const [binding] = bind([{ type: 'histogram', value: 'latency', buckets: { kind: 'exp2', edges: 'ceil' } }]);
    expect(binding!.value).toEqual({ kind: 'histogram', field });
    expect(binding!.other!.value).toEqual({ kind: 'histogram', field });
  });

  it('is an array of buckets without a sum', () => {
    const [binding] = bind([{ type: 'histogram', value: 'small' }]);
    expect(binding!.value).toEqual({ kind: 'histogram', field: { buckets: { offset: 232, count: 4, size: 4 } } });
  });

  it('is one bucket per entry, with the bucket in the key', () => {
    const [binding] = bind([
      {
        type: 'histogram',
        map: 'slots',
        buckets: { kind: 'exp2', edges: 'ceil', key: { field: 'slot' } },
        labels: { device: key('dev') },
      },
      {
        type: 'histogram',
        map: 'events',
        buckets: { kind: 'exp2', edges: 'ceil', sum: 'latency.sum', key: { field: 'pid', count: 'count' } },
      },
    ]);
    expect(binding!.value).toEqual({
      kind: 'slot',
      slot: { offset: 4, size: 4, signed: false },
      count: { offset: 0, size: 8, signed: false },
    });
  });

  it('of an overflow companion is only a count when buckets are entries', () => {
    const buckets = { kind: 'exp2', edges: 'ceil', sum: 'latency.sum', key: { field: 'pid', count: 'count' } } as const;
    const [binding] = bind([{ type: 'histogram', buckets }]);
    expect(binding!.other!.value).toEqual({
      kind: 'count',
      count: { offset: 0, size: 8, signed: false },
      sum: { offset: 8, size: 8, signed: false },
    });
  });

  it('is a plain integer or a global variable', () => {
    const [plain, global, histogram] = bind([
      { map: 'counts', labels: { cpu: key() } },
      { map: '.bss', value: 'total' },
      { map: '.bss', value: 'global_hist', type: 'histogram', buckets: { kind: 'exp2', edges: 'ceil' } },
    ]);
    expect(plain!.value).toEqual({ kind: 'number', field: { offset: 0, size: 8, signed: false } });
    expect(plain!.labels.decode(Uint8Array.from([3, 0, 0, 0]))).toEqual(['3']);
    expect(global!.value).toEqual({ kind: 'number', field: { offset: 8, size: 8, signed: false } });
    expect(histogram!.value).toMatchObject({ field: { sum: { offset: 40 }, buckets: { offset: 48, count: 27 } } });
    expect(plain!.other).toBeUndefined();
  });

  it.each<[string, string, string, string | undefined, number, number | undefined]>([
    ['a member of the value', 'latency', 'buckets[2]', 'sum', 32, 8],
    ['an element of the value', 'small', '[1]', undefined, 236, undefined],
  ])('finds the count of a bucket as %s', (_, value, count, sum, countOffset, sumOffset) => {
    const buckets = {
      kind: 'exp2',
      edges: 'ceil',
      ...(sum !== undefined && { sum }),
      key: { field: 'pid', count },
    } as const;
    const [binding] = bind([{ type: 'histogram', map: 'ordinary_events', value, buckets }]);
    expect(binding!.value).toMatchObject({ kind: 'slot', slot: { offset: 0 }, count: { offset: countOffset } });
    expect(binding!.value.kind === 'slot' && binding!.value.sum?.offset).toBe(sumOffset);
  });

  it('is the count of a bucket without a path', () => {
    const buckets = { kind: 'exp2', edges: 'ceil', key: { field: 'slot' } } as const;
    const [whole] = bind([{ type: 'histogram', map: 'slots', buckets }]);
    expect(whole!.value).toMatchObject({ kind: 'slot', count: { offset: 0, size: 8 } });
    const [field] = bind([
      {
        type: 'histogram',
        map: 'ordinary_events',
        value: 'count',
        buckets: { kind: 'exp2', edges: 'ceil', key: { field: 'pid' } },
      },
    ]);
    expect(field!.value).toMatchObject({ kind: 'slot', count: { offset: 0, size: 8 } });
  });
});
