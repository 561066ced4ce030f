import { describe, expect, it } from 'vitest';
import { durationText, rateText, totalText } from '../../src/page/amount_text.js';

describe('rates on the page', () => {
  it.each([
    [0.901, '0.9/s'],
    [3, '3/s'],
    [71.5, '72/s'],
    [1394.4, '1,394/s'],
  ])('shows %d events a second as %s', (rate, text) => {
    expect(rateText(rate, 'count')).toBe(text);
  });

  it('shows CPU time as a share of one CPU, and bytes with a unit of three digits', () => {
    expect(rateText(0.0672, 'CPUs')).toBe('6.7 %');
    expect(rateText(12_640_000, 'bytes')).toBe('12.6 MB/s');
    expect(rateText(999_700, 'bytes')).toBe('1 MB/s');
  });

  it('shows no more CPU time than there is', () => {
    expect(totalText(0.2724, 'CPUs', 2)).toBe('0.27 of 2 CPUs');
    expect(totalText(2.03, 'CPUs', 2)).toBe('2 of 2 CPUs');
    expect(totalText(1, 'CPUs', 1)).toBe('1 of 1 CPU');
    expect(totalText(31.46, 'CPUs', 64)).toBe('31.5 of 64 CPUs');
    expect(totalText(16.5, 'count', 2)).toBe('17/s');
  });

  it('shows durations with two digits at most', () => {
    expect([488e-9, 31e-6, 0.000488, 0.25, 4].map(durationText)).toEqual([
      '490 ns',
      '31 µs',
      '490 µs',
      '250 ms',
      '4 s',
    ]);
  });
});
