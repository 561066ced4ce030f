import { expect, test } from 'vitest';
import {
  average,
  increase,
  named,
  ofTop,
  orZero,
  quantile,
  rate,
  select,
  topQuantile,
  topRate,
  who,
} from '../../dashboards/src/query.js';

const scope = 'job=~"$job",instance=~"$instance"';

test('selectors and sums', () => {
  expect(select('a_total', 'b="c"')).toBe(`a_total{${scope},b="c"}`);
  expect(rate('a_total', '')).toBe(`sum(rate(a_total{${scope}}[$__rate_interval]))`);
  expect(rate('a_total', 'b, c')).toBe(`sum by (b, c) (rate(a_total{${scope}}[$__rate_interval]))`);
  expect(average('a_total', 'b')).toBe(`sum by (b) (rate(a_total{${scope}}[$__range]))`);
});

test('quantiles group by bucket bound and labels', () => {
  expect(quantile(0.99, 'a')).toBe(
    `(histogram_quantile(0.99, sum by (le) (rate(a_bucket{${scope}}[$__rate_interval]))) >= -Inf)`,
  );
  expect(quantile(0.5, 'a', 'b', '$__range')).toBe(
    `(histogram_quantile(0.5, sum by (le, b) (rate(a_bucket{${scope}}[$__range]))) >= -Inf)`,
  );
});

test('the top values are the same at every point of the time range', () => {
  const top = `topk(10, sum by (b) (rate(a_total{${scope}}[$__range] @ end())))`;
  expect(topRate('a_total', 'b')).toBe(`${rate('a_total', 'b')} and on (b) ${top}`);
  expect(ofTop(10, 'a_total', 'b', 'x')).toBe(`x and on (b) ${top}`);
});

test('the quantile of the top values adds up no other buckets', () => {
  const top = (ranked: string) => `topk(10, sum by (b) (rate(${ranked}[$__range] @ end())))`;
  const buckets = `rate(a_bucket{${scope},c="d"}[$__rate_interval])`;
  expect(topQuantile(10, 0.99, 'a', 'b', 'a_sum', ['c="d"'])).toBe(
    `(histogram_quantile(0.99, sum by (le, b) (${buckets} and on (b) ${top(`a_sum{${scope},c="d"}`)})) >= -Inf)`,
  );
  expect(topQuantile(10, 0.99, 'a', 'b', 'e', ['c="d"'], [])).toBe(
    `(histogram_quantile(0.99, sum by (le, b) (${buckets} and on (b) ${top(`e{${scope}}`)})) >= -Inf)`,
  );
});

test('an increase counts a new series from zero if its exporter was scraped before the range', () => {
  const scraped = `santabpf_build_info{${scope}} offset $__range`;
  const started = `process_start_time_seconds{${scope}} > time() - $__range_s`;
  expect(increase('a_total', 'b')).toBe(
    `sum by (b) ((a_total{${scope}} unless a_total{${scope}} offset $__range and on (job, instance) (${scraped} or ${started})) or increase(a_total{${scope}}[$__range]))`,
  );
  expect(increase('a_total', 'b', '5m')).toBe(
    `sum by (b) ((a_total{${scope}} unless a_total{${scope}} offset 5m and on (job, instance) santabpf_build_info{${scope}} offset 5m) or increase(a_total{${scope}}[5m]))`,
  );
});

test('zero replaces no data only where the probe is up', () => {
  expect(orZero('tcp', 'x')).toBe(`((x) or 0 * sum(santabpf_probe_state{${scope},probe="tcp",state="up"} == 1))`);
});

test('one label says who did it, without the separators of empty ones', () => {
  const quoted = '$' + '{identity:doublequote}';
  expect(named(`sum by (${who}, user) (a)`, ['user'])).toBe(
    `sum by (identity, user) (label_replace(label_replace(label_join(sum by (${who}, user) (a), "identity", " / ", ${quoted}), "identity", "$1", "identity", "(?: / )*(.*?)(?: / )*"), "identity", "none", "identity", ""))`,
  );
});
