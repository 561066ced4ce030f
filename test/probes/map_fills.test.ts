import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbeConfiguration } from '../../src/config/configuration.js';
import { fill as schema } from '../../src/config/fill_schema.js';
import type { IntegerLayout, Layout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { Faults } from '../../src/errors/fault.js';
import { hostNumbers } from '../../src/probes/entry_names.js';
import { mapFills } from '../../src/probes/map_fills.js';

const etc = mkdtempSync(join(tmpdir(), 'santabpf-fills-'));
beforeAll(() => {
  writeFileSync(join(etc, 'passwd'), 'root:x:0:0::/:\nwww-data:x:33:33::/:\nodd:x:many:1::/:\n');
  writeFileSync(join(etc, 'group'), 'adm:x:4:\n');
});
afterAll(() => rmSync(etc, { recursive: true }));

function unsigned(size: IntegerLayout['size'], encoding: IntegerLayout['encoding'] = 'number'): IntegerLayout {
  return { kind: 'integer', type: `u${size * 8}`, size, signed: false, encoding, network: false };
}
function bytes(count: number, encoding: IntegerLayout['encoding'] = 'number'): Layout {
  return { kind: 'array', type: `u8[${count}]`, size: count, count, element: unsigned(1, encoding) };
}
const place: Layout = {
  kind: 'struct',
  type: 'struct place',
  size: 12,
  fields: [
    { name: 'user', offset: 0, layout: unsigned(4) },
    { name: 'command', offset: 4, layout: bytes(8, 'char') },
  ],
};
const prefix = (size: number): Layout => ({ kind: 'struct', type: 'struct prefix', size, fields: [] });

function described(type: string, key?: Layout, value?: Layout): MapDescription {
  return { name: 'm', type, keySize: 4, valueSize: 4, ...(key && { key }), ...(value && { value }) };
}

function filled(map: MapDescription, fill: unknown) {
  const spec = { maps: { m: { fill: schema.parse(fill) } } };
  const configuration = { spec, locate: () => undefined } as unknown as ProbeConfiguration;
  const numbers = hostNumbers(etc);
  const surroundings = { maps: new Map([['m', map]]), programs: ['handle_open'], littleEndian: true, numbers };
  return mapFills(configuration, surroundings)[0]!;
}

/** Key and value of each entry, as hexadecimal digits. */
function entries(map: MapDescription, fill: unknown) {
  return filled(map, fill).entries.map(({ key, value }) =>
    [key, value].map((each) => Buffer.from(each).toString('hex')),
  );
}

function refusals(map: MapDescription, fill: unknown): string[] {
  try {
    filled(map, fill);
  } catch (error) {
    if (error instanceof Faults) return error.faults.map(({ code, message }) => `${code}: ${message}`);
    throw error;
  }
  return [];
}

describe('entries', () => {
  const numbers = described('hash', unsigned(4), unsigned(2));

  test.each([
    ['a list of keys', [5, '0x10'], ['05000000 0100', '10000000 0100']],
    ['keys with values', { 5: 7, 6: 8 }, ['05000000 0700', '06000000 0800']],
    ['a list of both', [{ key: 5, value: 7 }], ['05000000 0700']],
    ['users and groups', [{ user: 'www-data' }, { group: 'adm' }], ['21000000 0100', '04000000 0100']],
    ['an address', [{ address: '192.0.2.1' }], ['c0000201 0100']],
  ])('of numbers: %s', (_, fill, expected) => {
    expect(entries(numbers, fill).map((entry) => entry.join(' '))).toEqual(expected);
  });

  test('of texts and flags', () => {
    expect(entries(described('hash', bytes(8), unsigned(1, 'bool')), ['nginx'])).toEqual([['6e67696e78000000', '01']]);
  });

  test('of structs, by field', () => {
    const map = described('hash', place, unsigned(1));
    expect(entries(map, [{ key: { user: { user: 'www-data' }, command: 'sh' } }, { user: 7 }])).toEqual([
      ['210000007368000000000000', '01'],
      ['070000000000000000000000', '01'],
    ]);
  });

  test('of cgroups, by path', () => {
    const id = Buffer.alloc(8);
    id.writeBigUInt64LE(statSync(etc, { bigint: true }).ino);
    expect(entries(described('hash', unsigned(8), unsigned(1)), [{ cgroup: etc }])).toEqual([
      [id.toString('hex'), '01'],
    ]);
  });

  test.each([
    [8, '10.0.0.0/8', '080000000a000000'],
    [8, '192.0.2.1', '20000000c0000201'],
    [20, 'fd00::/8', `08000000fd${'00'.repeat(15)}`],
    [20, '10.0.0.0/8', `68000000${'00'.repeat(10)}ffff0a000000`],
  ])('of an LPM trie with keys of %i bytes: %s', (size, text, key) => {
    const map = described('lpm_trie', prefix(size), unsigned(1));
    expect(entries(map, [text, { address: text }])).toEqual([
      [key, '01'],
      [key, '01'],
    ]);
  });

  test('of a map of programs', () => {
    expect(filled(described('prog_array'), { 3: 'handle_open' })).toEqual({
      map: 'm',
      entries: [],
      programs: [{ index: 3, program: 'handle_open' }],
    });
  });
});

describe('entries are refused', () => {
  const numbers = described('hash', unsigned(4), unsigned(2));

  test.each<[string, MapDescription, unknown, string]>([
    [
      'beyond the type',
      numbers,
      [2 ** 32],
      'MAP_FILL_INVALID: The key of map "m" must be a whole number from 0 to 4294967295 (u32), not 4294967296',
    ],
    [
      'a value that is none',
      numbers,
      { 5: 'many' },
      'MAP_FILL_INVALID: The value of map "m" must be a whole number from 0 to 65535 (u16), not "many"',
    ],
    [
      'no user',
      numbers,
      [{ user: 'nobody-here' }],
      'MAP_FILL_UNKNOWN: Cannot fill map "m": this host has no user "nobody-here"',
    ],
    [
      'a user without a number',
      numbers,
      [{ user: 'odd' }],
      'MAP_FILL_UNKNOWN: Cannot fill map "m": this host has no user "odd"',
    ],
    [
      'no cgroup',
      numbers,
      [{ cgroup: '/nowhere' }],
      'MAP_FILL_UNKNOWN: Cannot fill map "m": this host has no cgroup "/nowhere"',
    ],
    [
      'a long address',
      numbers,
      [{ address: '::1' }],
      'MAP_FILL_INVALID: The key of map "m" must be an IP address of 4 bytes, not "::1"',
    ],
    [
      'no field',
      described('hash', place, unsigned(1)),
      [{ usr: 7 }],
      'FIELD_UNKNOWN: The key of map "m" (struct place) has no field "usr"; it has user (u32), command (u8[8])',
    ],
    [
      'a struct as a number',
      described('hash', place, unsigned(1)),
      [7],
      'MAP_FILL_INVALID: The key of map "m" must be a mapping of fields (struct place), not 7',
    ],
    [
      'a long text',
      described('hash', bytes(4, 'char'), unsigned(1)),
      ['nginx'],
      'MAP_FILL_INVALID: The key of map "m" must be text of at most 3 bytes (u8[4]), not "nginx"',
    ],
    [
      'a long prefix',
      described('lpm_trie', prefix(8), unsigned(1)),
      ['10.0.0.0/33'],
      'MAP_FILL_INVALID: The key of map "m" must be an IP address with the length of its prefix, such as 10.0.0.0/8, not "10.0.0.0/33"',
    ],
    [
      'no type',
      described('hash', undefined, unsigned(1)),
      [1],
      'MAP_UNTYPED: Map "m" has no BTF type for its key, only a size',
    ],
    ['a buffer', described('ringbuf'), [1], 'MAP_NOT_FILLABLE: Map "m" of type ringbuf cannot have the setting "fill"'],
    [
      'no program',
      described('prog_array'),
      { 0: 'handle_opne' },
      'PROGRAM_UNKNOWN: The object has no program "handle_opne"; it has handle_open',
    ],
    [
      'no index',
      described('prog_array'),
      { first: 'handle_open' },
      'MAP_FILL_INVALID: The key of map "m" must be an index, as in `{ 0: handle_open }`, not "first"',
    ],
  ])('%s', (_, map, fill, expected) => {
    expect(refusals(map, fill)).toEqual([expected]);
  });

  test('all at once', () => {
    expect(refusals(numbers, ['a', 5, 'b'])).toHaveLength(2);
  });
});
