import { describe, expect, it } from 'vitest';
import { unsigned } from '../../../src/script/check/value_type.js';
import { histogramText } from './histogram_text.js';
import { printfText } from './printf_text.js';
import { readValue, type Shown, shownText } from './shown_value.js';

const number = (value: bigint): Shown => ({ kind: 'number', value, type: unsigned });
const text = (value: string): Shown => ({ kind: 'text', text: value, bytes: Buffer.from(value) });

describe('printf', () => {
  it.each<[string, Shown[], string]>([
    ['%d%%', [number(5n)], '5%'],
    ['%hhx %hx %x %lx', [0, 0, 0, 0].map(() => number(0x12345678abcdefn)), 'ef cdef 78abcdef 12345678abcdef'],
    ['%-5s|%5s|%05d', [text('ab'), text('c'), number(-7n)], 'ab   |    c|-0007'],
    ['%c%p %o', [number(65n), number(255n), number(8n)], 'A0xff 10'],
    ['%u %d', [number((1n << 64n) - 1n), number((1n << 64n) - 1n)], '18446744073709551615 -1'],
    ['%r %rh', [text('a\n'), text('ab')], 'a\\x0a 61 62'],
  ])('%s', (format, values, expected) => {
    expect(printfText(format, values)).toBe(expected);
  });
});

describe('values of maps', () => {
  it('are read by their types', () => {
    const bytes = Buffer.alloc(24);
    bytes.writeBigInt64LE(-3n);
    bytes.write('text', 8);
    bytes.writeBigInt64LE(1n, 16);
    const elements = [
      { ...unsigned, isSigned: true },
      { kind: 'text', bytes: 5 },
      { ...unsigned, bytes: 1, isBoolean: true },
    ] as const;
    const value = readValue({ kind: 'tuple', elements, names: undefined }, bytes, new Map());
    expect(shownText(value)).toBe('(-3, text, true)');
  });

  it('have intervals of histograms', () => {
    const slots = [0n, 0n, 2n, 1n];
    expect(histogramText({ kind: 'hist', bits: 0 }, slots).split('\n')[1]!.slice(0, 24)).toBe(
      '[2, 4)                 1',
    );
    expect(histogramText({ kind: 'lhist', min: 0n, max: 20n, step: 10n }, slots)).toContain('[20, ...)');
  });
});
