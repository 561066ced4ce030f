import { expect, test } from 'vitest';
import { accelerated } from './pace.mjs';

test('every duration is divided by the factor, and other text is unchanged', () => {
  const rule = `expr: rate(a_total[1m]) > 3 * quantile_over_time(0.95, a:rate1m[1h] offset 5m)
        for: 1m
        keep_firing_for: 5m
        summary: for 5 minutes, wait for: 1m or so
        group_wait: 10s`;
  expect(
    accelerated(rule),
  ).toBe(`expr: rate(a_total[8000ms]) > 3 * quantile_over_time(0.95, a:rate1m[480000ms] offset 40000ms)
        for: 8000ms
        keep_firing_for: 40000ms
        summary: for 5 minutes, wait for: 1m or so
        group_wait: 1333ms`);
});
