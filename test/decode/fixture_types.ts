import { readFileSync } from 'node:fs';
import type { Btf } from '../../src/decode/btf/btf.js';
import { parseBtf } from '../../src/decode/btf/parser.js';
import type { Layout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { describeMap } from '../../src/decode/map_description.js';
import { layoutOf } from '../../src/decode/type_layout.js';

/** BTF of test/fixtures/btf/types.c; the big-endian file has no offsets of global variables. */
export function fixtureBytes(order: 'el' | 'eb' = 'el'): Uint8Array {
  return readFileSync(new URL(`../fixtures/btf/types.${order}.btf`, import.meta.url));
}

export const fixture: Btf = parseBtf(fixtureBytes());

export function structLayout(name: string, btf: Btf = fixture): Layout {
  return layoutOf(btf, btf.find('struct', name)!);
}

/** The maps of types.c as in an opened object. */
export function fixtureMaps(): Map<string, MapDescription> {
  const u32 = fixture.find('typedef', '__u32')!;
  const u64 = fixture.find('typedef', '__u64')!;
  const struct = (name: string) => fixture.find('struct', name)!;
  const maps = [
    map('events', 'percpu_hash', struct('key'), struct('value')),
    map('events_other', 'percpu_array', u32, struct('value_other')),
    map('ordinary_events', 'hash', struct('key'), struct('value')),
    map('counts', 'array', u32, u64),
    map('slots', 'hash', struct('slot_key'), u64),
    map('mismatched', 'hash', u64, struct('hist')),
    map('mismatched_other', 'percpu_array', u32, struct('wrong_other')),
    map('records', 'ringbuf', 0, 0),
    { ...map('untyped', 'hash', 0, 0), keySize: 4, valueSize: 8 },
    map('wide_array', 'array', u64, u64),
    { ...map('.bss', 'array', 0, fixture.find('section', '.bss')!), keySize: 4 },
  ];
  return new Map(maps.map((description) => [description.name, description]));
}

function map(name: string, type: string, keyTypeId: number, valueTypeId: number): MapDescription {
  const sizeOf = (id: number) => (id === 0 ? 0 : layoutOf(fixture, id).size);
  return describeMap(fixture, {
    name,
    type,
    keySize: keyTypeId === 0 && name === '.bss' ? 4 : sizeOf(keyTypeId),
    valueSize: sizeOf(valueTypeId),
    keyTypeId,
    valueTypeId,
  });
}
