import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import type { Layout } from '../../../src/decode/layout.js';
import { Decoding, le } from '../decoding.js';
import { flag, operations, s32, u8 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('map', () => {
  const map = (values: Record<string, string>, otherwise?: string): DecoderSpec => ({
    kind: 'map',
    values,
    ...(otherwise !== undefined && { default: otherwise }),
  });
  it.each<[string, Layout, number, readonly (DecoderSpec | 'enum')[], string]>([
    ['the digits of a number', u8, 1, [map({ 0: 'read', 1: 'write' })], 'write'],
    ['a number that is not listed, by the default', u8, 9, [map({ 0: 'read' }, 'more')], 'more'],
    ['a number that is not listed, without a default', u8, 9, [map({ 0: 'read' })], '9'],
    [
      'a number that is not listed, with the number in the default',
      u8,
      9,
      [map({ 0: 'read' }, 'unknown:{}')],
      'unknown:9',
    ],
    ['a default with braces twice', u8, 9, [map({ 0: 'read' }, '({}{})')], '(9{})'],
    ['nothing into the default for a number that is listed', u8, 0, [map({ 0: '{}' }, 'x{}')], '{}'],
    ['negative numbers', s32, -1, [map({ '-1': 'none' })], 'none'],
    ['the number of an enum when it comes first', operations, 0, [map({ 0: 'in' })], 'in'],
    ['the name of an enumerator after `enum`', operations, 0, ['enum', map({ READ: 'in' })], 'in'],
    ['bools by true and false', flag, 1, [map({ true: 'yes', false: 'no' })], 'yes'],
    ['bools by 0 and 1', flag, 0, [map({ 1: 'yes', 0: 'no' })], 'no'],
    ['names of built-in properties', u8, 1, [map({ 1: 'constructor' }), map({ x: 'y' }, 'z')], 'z'],
    ['names of built-in methods', u8, 1, [map({ 1: 'toString' }), map({ x: 'y' })], 'toString'],
  ])('maps %s', (_, layout, value, specs, expected) => {
    expect(decode(layout, le(value, layout.size), specs)).toBe(expected);
  });
});
