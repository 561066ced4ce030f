import { describe, expect, it } from 'vitest';
import { describeMap } from '../../src/decode/map_description.js';
import { fixture } from './fixture_types.js';

describe('describeMap', () => {
  const definition = { name: 'm', type: 'hash', keySize: 4, valueSize: 8, keyTypeId: 0, valueTypeId: 0 };
  it('refuses a map whose size differs from its type', () => {
    const valueTypeId = fixture.find('struct', 'hist')!;
    expect(() => describeMap(fixture, { ...definition, valueTypeId })).toThrow(
      'The value of map "m" has 8 bytes, but its BTF type "struct hist" has 224',
    );
  });

  it('needs no type for the index of an array, and no BTF for a map without types', () => {
    expect(describeMap(fixture, { ...definition, type: 'percpu_array' }).key).toMatchObject({
      kind: 'integer',
      size: 4,
    });
    expect(describeMap(undefined, definition)).toEqual({ name: 'm', type: 'hash', keySize: 4, valueSize: 8 });
  });

  it('accepts a section map that is larger than its variables', () => {
    const valueTypeId = fixture.find('section', '.bss')!;
    const bss = describeMap(fixture, { ...definition, name: '.bss', type: 'array', valueSize: 4096, valueTypeId });
    expect(bss.value?.size).toBe(264);
  });

  it('needs a type for any other key', () => {
    expect(describeMap(fixture, { ...definition, type: 'array', keySize: 8 }).key).toBeUndefined();
    expect(describeMap(fixture, { ...definition, type: 'lru_hash' }).key).toBeUndefined();
    expect(describeMap(undefined, { ...definition, type: 'array' }).key).toEqual({
      kind: 'integer',
      type: '__u32',
      size: 4,
      signed: false,
      encoding: 'number',
      network: false,
    });
  });

  it('has the layouts of its key and value', () => {
    const [keyTypeId, valueTypeId] = [fixture.find('struct', 'slot_key')!, fixture.find('typedef', '__u64')!];
    const described = describeMap(fixture, { ...definition, keySize: 8, keyTypeId, valueTypeId });
    expect([described.key?.type, described.value?.type]).toEqual(['struct slot_key', '__u64']);
    expect(describeMap(undefined, { ...definition, keySize: 8, keyTypeId, valueTypeId }).key).toBeUndefined();
  });

  it.each([
    ['a key that is larger than its type', { keySize: 8, keyTypeId: fixture.find('typedef', '__u32')! }, 'key', 8, 4],
    ['a value that is larger', { valueSize: 16, valueTypeId: fixture.find('typedef', '__u64')! }, 'value', 16, 8],
    [
      'a section map that is smaller than its variables',
      { name: '.bss', type: 'array', valueSize: 256, valueTypeId: fixture.find('section', '.bss')! },
      'value',
      256,
      264,
    ],
    ['a key of a section map', { name: '.bss', keySize: 8, keyTypeId: fixture.find('typedef', '__u32')! }, 'key', 8, 4],
  ])('refuses %s', (_, settings, part, size, typeSize) => {
    const { name = 'm' } = settings as { name?: string };
    expect(() => describeMap(fixture, { ...definition, ...settings })).toThrow(
      new RegExp(`The ${part} of map "${name}" has ${size} bytes, but its BTF type ".*" has ${typeSize}`),
    );
  });
});
