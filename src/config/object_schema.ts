/** What a probe file, or the main file for it, sets in the BPF object: constants, sizes of maps, and their types. */
import { z } from 'zod';
import { fill } from './fill_schema.js';
import { mapping } from './mapping_schema.js';
import { cType, structText, symbolName } from './names.js';
import { mustBe } from './sentences.js';
import { integer, map, named } from './value_schema.js';

const wholeError = mustBe('a whole number of at most 64 bits, true, false or text');
const constantValue = z.union(
  [
    z.boolean(),
    z.int(),
    z
      .bigint()
      .min(-(2n ** 63n), wholeError)
      .max(2n ** 64n - 1n, wholeError),
    z.string(),
  ],
  { error: wholeError },
);
export const constants = z.record(
  named(symbolName, 'the name of a `const volatile` variable in the object'),
  constantValue,
  { error: mustBe('a mapping of constant names to values') },
);

const typeName = named(
  new RegExp(`${cType.source}|${structText.source}`),
  'the name of a type in the object, such as u64 or "struct key", or a struct as in C, such as "struct { u32 pid; u32 cpu; }"',
);
const mapSettings = mapping(
  {
    max_entries: integer(1, 2 ** 32 - 1).optional(),
    key_size: integer(1, 512).optional(),
    value_size: integer(1, 1 << 20).optional(),
    key: typeName.optional(),
    value: typeName.optional(),
    pin: named(/^\/[^\0]{0,4095}$/, 'the absolute path of a file below /sys/fs/bpf').optional(),
    fill: fill.optional(),
  },
  'a mapping such as { max_entries: 4096 }',
);
export const maps = z.record(map, mapSettings, { error: mustBe('a mapping of map names to settings') });

export type ConstantValue = z.output<typeof constantValue>;
export type MapSettings = z.output<typeof mapSettings>;
