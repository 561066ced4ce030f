import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { constantNames, encodeConstant } from '../../src/decode/constants.js';
import { describeFault, SantaError } from '../../src/errors/fault.js';
import { BtfBuilder } from './btf_builder.js';
import { fixture } from './fixture_types.js';

describe('encodeConstant', () => {
  it.each([
    ['enabled', false, 0, [0]],
    ['enabled', true, 0, [1]],
    ['min_ns', 1000, 8, [0xe8, 3, 0, 0, 0, 0, 0, 0]],
    ['min_ns', 2n ** 64n - 1n, 8, [255, 255, 255, 255, 255, 255, 255, 255]],
    ['min_ns', 2n ** 53n + 1n, 8, [1, 0, 0, 0, 0, 0, 0x20, 0]],
    ['min_ns', '18446744073709551615', 8, [255, 255, 255, 255, 255, 255, 255, 255]],
    ['min_ns', '0xff', 8, [255, 0, 0, 0, 0, 0, 0, 0]],
    ['signed_knob', -2, 24, [0xfe, 255, 255, 255]],
    ['byte_knob', 255, 28, [255]],
    ['only_op', 'FLUSH', 32, [7, 0, 0, 0]],
    ['only_op', 1, 32, [1, 0, 0, 0]],
    ['port_knob', 443, 36, [1, 0xbb]],
    ['prefix', 'ab', 16, [97, 98, 0, 0, 0, 0, 0, 0]],
    ['prefix', 'é', 16, [0xc3, 0xa9, 0, 0, 0, 0, 0, 0]],
    ['prefix', '', 16, [0, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)('encodes %s = %s', (name, value, offset, bytes) => {
    const encoded = encodeConstant(fixture, name, value);
    expect({ ...encoded, bytes: [...encoded.bytes] }).toEqual({ map: '.rodata', offset, bytes });
  });

  it('uses the byte order of the object', () => {
    const builder = new BtfBuilder(false);
    const int = builder.int('int', 4, 1);
    const type = builder.type(9, { size: int });
    const variable = builder.type(14, { name: 'knob', size: type, tail: [1] });
    builder.type(15, { name: '.rodata', size: 4, length: 1, tail: [variable, 0, 4] });
    expect([...encodeConstant(parseBtf(builder.bytes()), 'knob', 258).bytes]).toEqual([0, 0, 1, 2]);
  });

  it.each([
    ['enabled', 1, 'must be true or false, not 1'],
    ['enabled', 'yes', 'must be true or false, not "yes"'],
    ['min_ns', -1, 'must be a whole number from 0 to 18446744073709551615 (__u64), not -1'],
    ['min_ns', 2n ** 64n, 'must be a whole number from 0 to 18446744073709551615 (__u64), not "18446744073709551616"'],
    ['min_ns', 1.5, 'must be a whole number from 0 to 18446744073709551615 (__u64), not 1.5'],
    ['min_ns', true, 'must be a whole number from 0 to 18446744073709551615 (__u64), not true'],
    ['min_ns', '12 apples', 'must be a whole number from 0 to 18446744073709551615 (__u64), not "12 apples"'],
    ['min_ns', '', 'must be a whole number from 0 to 18446744073709551615 (__u64), not ""'],
    ['signed_knob', 2 ** 31, 'must be a whole number from -2147483648 to 2147483647 (int), not 2147483648'],
    ['byte_knob', 256, 'must be a whole number from 0 to 255 (__u8), not 256'],
    [
      'only_op',
      'FLASH',
      'must be one of READ, WRITE, FLUSH, NEGATIVE, or a number that fits (enum operation), not "FLASH"',
    ],
    ['prefix', 'eight888', 'must be text of at most 7 bytes (char[8]), not "eight888"'],
    ['prefix', 5, 'must be text of at most 7 bytes (char[8]), not 5'],
    ['prefix', 'a\0b', 'must be text of at most 7 bytes (char[8]), not "a\\u0000b"'],
    ['ratio', 0, 'cannot be set: it is a floating-point number (double)'],
  ] as const)('refuses %s = %s', (name, value, message) => {
    expect(() => encodeConstant(fixture, name, value)).toThrow(
      expect.objectContaining({ message: `Constant "${name}" ${message}` }),
    );
  });

  it('lists the constants of the object and suggests the nearest', () => {
    const location = { file: 'p.yaml', line: 2, column: 3 };
    const attempt = () => encodeConstant(fixture, 'mim_ns', 1, location);
    expect(attempt).toThrow(SantaError);
    try {
      attempt();
    } catch (error) {
      expect(describeFault(error as SantaError)).toMatch(
        /^p\.yaml:2:3: The object has no constant "mim_ns"; it has enabled, min_ns, .* \[CONSTANT_UNKNOWN\]\n {2}Did you mean "min_ns"\?$/,
      );
    }
  });

  it.each(['total', 'initialised', 'licence', 'counts'])('does not treat %s as a constant', (name) => {
    expect(() => encodeConstant(fixture, name, 1)).toThrow(expect.objectContaining({ code: 'CONSTANT_UNKNOWN' }));
  });
});

it('constantNames lists constants in the order of the sections', () => {
  expect(constantNames(fixture)).toEqual([
    'enabled',
    'min_ns',
    'prefix',
    'signed_knob',
    'byte_knob',
    'only_op',
    'port_knob',
    'ratio',
  ]);
});
