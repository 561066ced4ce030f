import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import { mapOfField } from '../../src/decode/field_map.js';
import type { Layout } from '../../src/decode/layout.js';
import { chars, flag, operations, pointer, s32, u32 } from './field_layouts.js';

const location = { file: 'probe.yaml', line: 3, column: 7 };
type MapSpec = Extract<DecoderSpec, { kind: 'map' }>;

function mapped(layout: Layout, ...keys: readonly string[]): MapSpec {
  const values = Object.fromEntries(keys.map((key) => [key, `text of ${key}`]));
  return mapOfField('l', { title: 'the key', layout, offset: 0 }, { kind: 'map', values, default: 'more' }, location);
}

describe('the left sides of a map', () => {
  it.each<[string, Layout, readonly string[]]>([
    ['whole numbers of an unsigned integer', u32, ['0', '7', '10', '4294967295']],
    ['whole numbers of a signed integer', s32, ['0', '-1', '-20', '105']],
    ['whole numbers of an enum', operations, ['-1', '0', '12']],
    ['any text of a char array', chars(16), ['-', '', 'READ', '01']],
    ['any text of a pointer', pointer, ['0x0']],
  ])('may be %s', (_, layout, keys) => {
    expect(mapped(layout, ...keys).values).toEqual(Object.fromEntries(keys.map((key) => [key, `text of ${key}`])));
  });

  it('of a bool are true and false, also when written as 1 and 0', () => {
    expect(mapped(flag, '0', '1')).toEqual({
      kind: 'map',
      values: { false: 'text of 0', true: 'text of 1' },
      default: 'more',
    });
    expect(mapped(flag, 'true', 'false').values).toEqual({ true: 'text of true', false: 'text of false' });
  });

  it.each<[string, Layout, readonly string[]]>([
    ['whole numbers from 0', u32, ['-1', '01', '00', '1 ', ' 1', '1x', 'x1', '1.5', '+1', '']],
    ['whole numbers', s32, ['--1', '-0', '-01', '-', '-1x', 'x-1', '00', ' 0', '0 ', '1-']],
    ['whole numbers', operations, ['READ', '0x0']],
    ['true or false', flag, ['2', '10', '01', 'truest', 'untrue', 'falsehood', 'unfalse', 'TRUE', 'yes', '']],
  ])('must be %s', (requirement, layout, keys) => {
    for (const key of keys) {
      expect(() => mapped(layout, '1', key), key).toThrow(
        expect.objectContaining({
          code: 'DECODER_KEY_INVALID',
          message: expect.stringContaining(
            `can never match ${JSON.stringify(key)}: its left sides must be ${requirement},`,
          ),
          location,
        }),
      );
    }
  });
});
