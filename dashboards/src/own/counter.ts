import { band, type Section } from '../grid.js';
import { type Column, column, type Lines, lines, stat, table } from '../panels/index.js';
import { average, increase, rate, topRate } from '../query.js';
import { unit } from '../units.js';
import type { DrawnMetric } from './drawn_metric.js';
import { byEachLabel, columnTitles, inWords, legendOf, topLines, topRows } from './grouping.js';

/** A counter: its rate by its labels, and what it counted in the time range. */
export function counter(metric: DrawnMetric): Section {
  const { title, help, probe, name, labels, matchers, rateUnit } = metric;
  const nothing = `No ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
  const text = { probe, nothing };
  if (labels.length === 0) return { title, bands: [withoutLabels(metric, text)] };
  const by = labels.join(', ');
  const most = `topk(${topRows}, ${increase(name, by, '$__range', ...matchers)} > 0)`;
  const topOf = (some: readonly string[]): Lines => ({
    ...text,
    title: `${title} by ${inWords(some)}`,
    description: `${help} Rate of the ${topLines} that grew most in the time range.`,
    queries: [{ expr: topRate(name, some.join(', '), ...matchers), legend: legendOf(some) }],
    unit: rateUnit,
  });
  return {
    title,
    bands: [
      band(
        9,
        [12, lines(topOf(labels))],
        [
          12,
          table({
            ...text,
            title: `Top ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
            description: `${help} Count and average rate in the time range, highest count first.`,
            labels,
            titles: columnTitles(labels),
            columns: [
              amount(metric, 'In range', most),
              { title: 'Rate', unit: rateUnit, expr: `${average(name, by, ...matchers)} and on (${by}) ${most}` },
            ],
          }),
        ],
      ),
      ...byEachLabel(metric, (label) => topOf([label])),
    ],
  };
}

function withoutLabels({ title, help, name, rateUnit, unit: counted, ...rest }: DrawnMetric, text: TextOfProbe) {
  return band(
    8,
    [
      18,
      lines({
        ...text,
        title: `${title} by host`,
        description: `${help} Rate by host.`,
        queries: [{ expr: rate(name, 'instance', ...rest.matchers), legend: '{{instance}}' }],
        unit: rateUnit,
      }),
    ],
    [
      6,
      stat({
        ...text,
        title: `${title} in the time range`,
        description: `${help} Growth in the time range, all selected hosts together.`,
        expr: increase(name, '', '$__range', ...rest.matchers),
        unit: counted,
      }),
    ],
  );
}

type TextOfProbe = { readonly probe: string; readonly nothing: string };

/** A column of what was counted. */
function amount({ unit: counted }: DrawnMetric, title: string, expr: string): Column {
  if (counted === unit.bytes) return column.bytes(title, expr);
  if (counted === unit.seconds) return column.seconds(title, expr);
  return column.count(title, expr);
}
