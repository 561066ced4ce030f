import { expect, test } from 'vitest';
import { parseDuration, parseQuantity, parseUnit, unitNames, unitOf } from '../../src/config/units.js';

test.each<[string, number | undefined]>([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1d1ms', 86_400_001],
  ['30m1h', undefined],
  ['1h1h', undefined],
  ['10', undefined],
  ['1.5h', undefined],
  ['-1s', undefined],
  ['1 h', undefined],
  ['1hour', undefined],
  ['', undefined],
])('duration %s is %s ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each<[string, number | undefined, string | undefined]>([
  ['1ns', 1e-9, 'seconds'],
  ['1us', 1e-6, 'seconds'],
  ['250ms', 0.25, 'seconds'],
  ['16s', 16, 'seconds'],
  ['2m', 120, 'seconds'],
  ['512B', 512, 'bytes'],
  ['1KiB', 1024, 'bytes'],
  ['1.5 MiB', 1.5 * 2 ** 20, 'bytes'],
  ['7', 7, undefined],
  ['-0.5', -0.5, undefined],
  ['1KB', undefined, undefined],
  ['us', undefined, undefined],
  ['1e3', undefined, undefined],
  ['', undefined, undefined],
])('quantity %s is %s %s', (text, value, base) => {
  expect(parseQuantity(text)).toEqual(value === undefined ? undefined : { value, base });
});

test.each<[string, number, string | undefined, boolean]>([
  ['ns', 1e-9, 'seconds', true],
  ['us', 1e-6, 'seconds', true],
  ['m', 60, 'seconds', true],
  ['d', 86_400, 'seconds', true],
  ['bytes', 1, 'bytes', false],
  ['kib', 1024, 'bytes', true],
  ['tib', 2 ** 40, 'bytes', true],
  ['sectors', 512, 'bytes', false],
  ['10ms', 0.01, 'seconds', true],
  ['4KiB', 4096, 'bytes', false],
  ['0.01', 0.01, undefined, false],
  ['1e-7', 1e-7, undefined, false],
  ['100', 100, undefined, false],
])('unit %s is %s %s', (text, value, base, isCut) => {
  const unit = parseUnit(text)!;
  expect([unit.times / unit.per, unit.base, unit.isCut]).toEqual([value, base, isCut]);
});

test.each(['', ' ', '0', '-1', '0ms', '-1ms', 'sec', '10sec', 'KiB', 'Infinity', 'NaN'])('%j is no unit', (text) => {
  expect(parseUnit(text)).toBeUndefined();
});

test('every unit has a name, and without one numbers stay as they are', () => {
  for (const name of unitNames) expect(parseUnit(name)?.base).toBeDefined();
  expect(unitOf(undefined)).toEqual({ times: 1, per: 1, isCut: false });
});
