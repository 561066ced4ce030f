import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { describeMap, type MapDescription } from '../../src/decode/map_description.js';
import { bind, faultsOf } from './bound_metrics.js';
import { BtfBuilder } from './btf_builder.js';

interface Inner {
  readonly type?: number;
  readonly untyped?: boolean;
  readonly declared?: boolean;
}

/** A map of maps `m` as in an object whose BTF declares it with `__array(values, ...)`. */
function nested(outer: 'array_of_maps' | 'hash_of_maps', inner: Inner = {}): MapDescription {
  const types = new BtfBuilder();
  const int = types.int('int', 4, 1);
  const long = types.int('unsigned long', 8);
  const number = (value: number) => types.type(2, { size: types.type(3, { tail: [int, int, value] }) });
  const pointer = (type: number) => types.type(2, { size: type });
  const key = types.struct('seen', 8, [
    ['parity', int, 0],
    ['digit', int, 32],
  ]);
  const place = types.struct('place', 8, [
    ['building', int, 0],
    ['floor', int, 32],
  ]);
  const { type = 5, untyped = false, declared = true } = inner;
  const isArray = type === 2 || type === 6;
  const sizes: [string, number, number][] = [
    ['key_size', number(4), 64],
    ['value_size', number(8), 128],
  ];
  const typed: [string, number, number][] = [
    ['key', pointer(isArray ? int : key), 64],
    ['value', pointer(long), 128],
  ];
  const innerMap = types.struct('', 32, [['type', number(type), 0], ...(untyped ? sizes : typed)]);
  const values = types.type(3, { tail: [pointer(innerMap), int, 0] });
  const definition = types.struct('', 16, [
    ['type', number(outer === 'array_of_maps' ? 12 : 13), 0],
    ...(declared ? [['values', values, 64] as [string, number, number]] : []),
  ]);
  const variable = types.type(14, { name: 'm', size: definition, tail: [1] });
  types.type(15, { name: '.maps', length: 1, size: 16, tail: [variable, 0, 16] });
  const btf = parseBtf(types.bytes());
  const isHash = outer === 'hash_of_maps';
  const sized = { keySize: isHash ? 8 : 4, valueSize: 4, keyTypeId: isHash ? place : 0, valueTypeId: 0 };
  return describeMap(btf, { name: 'm', type: outer, ...sized });
}

const bound = (map: MapDescription, metric: object) => bind([{ map: 'm', ...metric }], new Map([['m', map]]));
const refused = (map: MapDescription, metric: object) => {
  const [fault] = faultsOf([{ map: 'm', ...metric }], new Map([['m', map]]));
  return { code: fault?.code, message: fault?.message, at: fault?.location?.file };
};

describe('a map of maps', () => {
  it('has the entries of its inner maps, whose keys also have the key of the outer map and an id', () => {
    const map = nested('hash_of_maps');
    expect(map).toMatchObject({ type: 'percpu_hash in hash_of_maps', keySize: 8 + 8 + 4, valueSize: 8 });
    expect(map.inner).toMatchObject({ type: 'percpu_hash', typeId: 5, keySize: 8, valueSize: 8 });
    expect([map.key?.type, map.value?.type, map.outer?.key?.type]).toEqual([
      'struct seen',
      'unsigned long',
      'struct place',
    ]);
  });

  it('has labels of both keys', () => {
    const labels = {
      digit: { from: 'key', field: 'digit' },
      building: { from: 'outer', field: 'building' },
      floor: { from: 'outer', field: 'floor' },
    } as const;
    const [binding] = bound(nested('hash_of_maps'), { labels });
    const key = new Uint8Array(Int32Array.of(1, 4, 7, 2, 99).buffer);
    expect(binding!.labels.decode(key)).toEqual(['4', '7', '2']);
    expect(binding!.value).toMatchObject({ kind: 'number', field: { offset: 0, size: 8 } });
  });

  it('may be an array of arrays, and the CPU follows the keys', () => {
    const labels = { index: { from: 'key' }, outer: { from: 'outer' }, cpu: { from: 'cpu' } } as const;
    const [binding] = bound(nested('array_of_maps', { type: 6 }), { labels });
    const key = new Uint8Array(Uint32Array.of(3, 5, 99, 1, 0).buffer);
    expect(binding!.labels.decode(key)).toEqual(['3', '5', '1']);
  });

  it('may be declared by sizes', () => {
    const map = nested('array_of_maps', { type: 2, untyped: true });
    expect(map).toMatchObject({ type: 'array in array_of_maps', keySize: 12, valueSize: 8 });
    expect(refused(map, {})).toMatchObject({ code: 'MAP_UNTYPED', at: 'metrics.0.map' });
  });

  it.each([
    ['that declares no inner maps', nested('hash_of_maps', { declared: false })],
    ['of queues', nested('hash_of_maps', { type: 22 })],
  ])('%s cannot be read', (_, map) => {
    expect(refused(map, {})).toMatchObject({
      code: 'MAP_NOT_READABLE',
      message:
        'Map "m" of type hash_of_maps cannot be read as a metric: the object does not say which maps it holds, or their entries cannot be read',
    });
  });

  it('never loses entries to the exporter', () => {
    expect(refused(nested('hash_of_maps'), { expireMs: 60_000 })).toEqual({
      code: 'INNER_MAPS_EXPIRE',
      message: '`expire` is not allowed for map "m": entries of inner maps are never removed',
      at: 'metrics.0.expire',
    });
  });

  it('is needed for a label of the outer key', () => {
    const [fault] = faultsOf([{ map: 'events', value: 'count', labels: { place: { from: 'outer' } } }]);
    expect(fault).toMatchObject({
      code: 'MAP_NOT_NESTED',
      message: '`from: outer` needs a map of maps, but map "events" is of type percpu_hash',
      location: { file: 'metrics.0.labels.place.from' },
    });
  });
});

describe('a label of a stack', () => {
  it('needs a map of stacks', () => {
    const stack = { from: 'key', field: 'pid', decode: [{ kind: 'kstack', stacks: 'counts' }] } as const;
    const unknown = { ...stack, decode: [{ kind: 'kstack', stacks: 'missing' }] } as const;
    const codes = [stack, unknown].map((label) => faultsOf([{ value: 'count', labels: { label } }])[0]?.code);
    expect(codes).toEqual(['MAP_WITHOUT_STACKS', 'MAP_UNKNOWN']);
  });
});
