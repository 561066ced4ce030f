import { band, type Section } from '../grid.js';
import { column, heatmap, lines, table } from '../panels/index.js';
import { average, buckets, quantile, topQuantile } from '../query.js';
import { type Unit, unit } from '../units.js';
import type { DrawnMetric } from './drawn_metric.js';
import { byEachLabel, columnTitles, inWords, legendOf, topLines, topRows } from './grouping.js';

const quantiles = [0.5, 0.9, 0.99];
/** Times and sizes span powers of ten. Other values may be 0 or negative. */
const isPositive = (bounds: Unit) => bounds === unit.seconds || bounds === unit.bytes;
const nameOf = (q: number) => `p${Math.round(q * 100)}`;

/** A histogram: its buckets over time, its quantiles, and the labels with the most observations. */
export function histogram(metric: DrawnMetric): Section {
  const { title, help, probe, name, labels, matchers, unit: bounds } = metric;
  const text = { probe, nothing: `No ${title.charAt(0).toLowerCase()}${title.slice(1)}` };
  const first = band(
    9,
    [
      12,
      heatmap({
        ...text,
        title,
        description: `${help} Observations per second by size: the darker a cell, the more.`,
        expr: buckets(name, ...matchers),
        unit: bounds,
      }),
    ],
    [
      12,
      lines({
        ...text,
        title: `${title} (quantiles)`,
        description: `${help} Half of the observations were below p50; one in a hundred was above p99.`,
        queries: quantiles.map((q) => ({
          expr: quantile(q, name, '', '$__rate_interval', ...matchers),
          legend: nameOf(q),
        })),
        unit: bounds,
        log: isPositive(bounds),
      }),
    ],
  );
  return { title: `${title} (histogram)`, bands: labels.length === 0 ? [first] : [first, ...byLabels(metric, text)] };
}

function byLabels(metric: DrawnMetric, text: { readonly probe: string; readonly nothing: string }) {
  const { title, help, name, labels, matchers, unit: bounds } = metric;
  const by = labels.join(', ');
  // A histogram with negative bounds has no _count and no _sum.
  const count = `${name}_bucket`;
  const ofAll = [...matchers, 'le="+Inf"'];
  const most = `topk(${topRows}, ${average(count, by, ...ofAll)} > 0)`;
  const ofMost = (expr: string) => `${expr} and on (${by}) ${most}`;
  const largest = (some: readonly string[]) => ({
    ...text,
    title: `${title} by ${inWords(some)} (p99)`,
    description: `${help} p99 of the ${topLines} with the most observations in the time range.`,
    queries: [
      {
        expr: topQuantile(topLines, 0.99, name, some.join(', '), count, matchers, ofAll),
        legend: legendOf(some),
      },
    ],
    unit: bounds,
    log: isPositive(bounds),
  });
  return [
    band(
      9,
      [12, lines(largest(labels))],
      [
        12,
        table({
          ...text,
          title: `Top ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
          description: `${help} The ${topRows} with the most observations in the time range.`,
          labels,
          titles: columnTitles(labels),
          columns: [
            column.perSecond('Rate', most),
            ...[0.5, 0.99].map((q) => ({
              title: nameOf(q),
              unit: bounds,
              expr: ofMost(quantile(q, name, by, '$__range', ...matchers)),
            })),
          ],
        }),
      ],
    ),
    ...byEachLabel(metric, (label) => largest([label])),
  ];
}
