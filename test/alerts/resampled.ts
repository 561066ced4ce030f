import { parse, stringify } from 'yaml';
import { secondsOf } from '../../alerts/src/durations.js';
import type { PromtoolFile } from './promtool_file.js';

/** Begins the name of a test that holds at the shipped scrape interval alone. */
const ONLY_AT_15_S = 'at 15 s: ';

/**
 * The promtool tests that a longer scrape interval must pass too: of every series the samples that such a Prometheus would have
 * taken. A test with a longer interval of its own stays as it is.
 *
 * @param text of a file of alerts/tests
 * @param interval seconds
 * @param rename of a series, for another metric prefix
 */
export function resampled(text: string, interval: number, rename = (series: string) => series): string {
  const file = parse(text) as PromtoolFile;
  const tests = file.tests.filter(({ name }) => interval === 15 || !name.startsWith(ONLY_AT_15_S));
  return stringify(
    {
      ...file,
      evaluation_interval: `${Math.max(interval, secondsOf(file.evaluation_interval))}s`,
      tests: tests.map((test) => {
        const own = secondsOf(test.interval);
        const step = Math.max(interval, own) / own;
        const series = test.input_series.map((one) => ({
          series: rename(one.series),
          values: everyNth(expanded(String(one.values)), step),
        }));
        return { ...test, interval: `${own * step}s`, input_series: series };
      }),
    },
    { lineWidth: 0 },
  );
}

/** One text per sample of promtool's notation: `0+2x3` is 0 2 4 6, `1x2` is 1 1 1, `_x2` is two missing samples. */
export function expanded(values: string): string[] {
  return values
    .trim()
    .split(/\s+/)
    .flatMap((item) => {
      const [, first, step = '0', count = '0'] = /^(-?[\d.e]+)([+-][\d.e]+)?(?:x(\d+))?$/.exec(item) ?? [];
      if (first !== undefined) return Array.from({ length: +count + 1 }, (_, i) => String(+first + i * +step));
      const [, special, times = '1'] = /^(_|stale)(?:x(\d+))?$/.exec(item) ?? [];
      if (special === undefined) throw new Error(`Unknown series notation ${item}`);
      return Array.from({ length: +times }, () => special);
    });
}

function everyNth(samples: readonly string[], step: number): string {
  return samples.filter((_, index) => index % step === 0).join(' ');
}
