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
});
