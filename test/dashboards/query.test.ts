import { expect, test } from 'vitest';
import { increase, ofTop, orZero, quantile, rate, select, topRate } from '../../dashboards/src/query.js';

const scope = 'job=~"$job",instance=~"$instance"';

test('selectors and sums', () => {
  expect(select('a_total', 'b="c"')).toBe(`a_total{${scope},b="c"}`);
  expect(rate('a_total', '')).toBe(`sum(rate(a_total{${scope}}[$__rate_interval]))`);
  expect(rate('a_total', 'b, c')).toBe(`sum by (b, c) (rate(a_total{${scope}}[$__rate_interval]))`);
});

test('quantiles keep the bound and the labels', () => {
  expect(quantile(0.99, 'a')).toBe(
    `histogram_quantile(0.99, sum by (le) (rate(a_bucket{${scope}}[$__rate_interval])))`,
  );
  expect(quantile(0.5, 'a', 'b', '$__range')).toBe(
    `histogram_quantile(0.5, sum by (le, b) (rate(a_bucket{${scope}}[$__range])))`,
  );
});

test('the top is that of the shown time at every point of it', () => {
  const top = `topk(10, sum by (b) (rate(a_total{${scope}}[$__range] @ end())))`;
  expect(topRate('a_total', 'b')).toBe(`${rate('a_total', 'b')} and on (b) ${top}`);
  expect(ofTop(10, 'a_total', 'b', 'x')).toBe(`x and on (b) ${top}`);
});

test('an increase counts what a series was born with, where its host was watched from the beginning', () => {
  const scraped = `santabpf_build_info{${scope}} offset $__range`;
  const started = `process_start_time_seconds{${scope}} > time() - $__range_s`;
  expect(increase('a_total', 'b')).toBe(
    `sum by (b) ((a_total{${scope}} unless a_total{${scope}} offset $__range and on (job, instance) (${scraped} or ${started})) or increase(a_total{${scope}}[$__range]))`,
  );
  expect(increase('a_total', 'b', '5m')).toBe(
    `sum by (b) ((a_total{${scope}} unless a_total{${scope}} offset 5m and on (job, instance) santabpf_build_info{${scope}} offset 5m) or increase(a_total{${scope}}[5m]))`,
  );
});

test('zero only where the probe is up', () => {
  expect(orZero('tcp', 'x')).toBe(`((x) or 0 * sum(santabpf_probe_up{${scope},probe="tcp"} == 1))`);
});
