import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { select } from '../query.js';
import { unit } from '../units.js';
import type { DrawnMetric } from './drawn_metric.js';
import { columnTitles, inWords, legendOf, topLines, topRows } from './grouping.js';

/** A gauge: its values over time and now. Sums of gauges may mean nothing, so hosts are not added up. */
export function gauge({ title, help, probe, name, labels, matchers, unit: quantity }: DrawnMetric): Section {
  const all = ['instance', ...labels];
  const by = all.join(', ');
  const series = select(name, ...matchers);
  const isTime = quantity === unit.timestamp;
  const now = `max by (${by}) (${series})`;
  const over = isTime ? `time() - ${now}` : now;
  const largest = `topk(${topLines}, max by (${by}) (max_over_time(${series}[$__range] @ end())))`;
  const text = { probe, nothing: `No ${title.charAt(0).toLowerCase()}${title.slice(1)}` };
  return {
    title,
    bands: [
      band(
        9,
        [
          12,
          lines({
            ...text,
            title: `${title}${isTime ? ', age' : ''} by ${inWords(['host', ...labels])}`,
            description: `${help} The ${topLines} ${isTime ? 'latest' : 'largest'} in the time range${isTime ? ', as time since then' : ''}.`,
            queries: [{ expr: `${over} and on (${by}) ${largest}`, legend: legendOf(all) }],
            unit: isTime ? unit.seconds : quantity,
          }),
        ],
        [
          12,
          table({
            ...text,
            title: `${title} now`,
            description: `${help} The ${topRows} ${isTime ? 'latest' : 'largest'} at the end of the time range.`,
            labels: all,
            titles: columnTitles(all),
            columns: [
              isTime
                ? column.timestamp('Time', `topk(${topRows}, ${now})`)
                : { title: 'Value', unit: quantity, expr: `topk(${topRows}, ${now})` },
            ],
          }),
        ],
      ),
    ],
  };
}
