import { band, type Section } from '../grid.js';
import { column, heatmap, lines, type Stat, steps, table } from '../panels/index.js';
import { average, buckets, quantile, rate, select, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

export const wait = 'santabpf_runqueue_wait_seconds';
const commandWait = 'santabpf_command_runqueue_wait_seconds';

const noCommands = 'Probe runqlat does not count by command (by_command is false)';
const longest = `topk(20, ${quantile(0.99, commandWait, who, '$__range')})`;

export const runQueueLatency: Stat = {
  title: 'Run queue latency (p99)',
  description:
    'One in a hundred waits for a CPU took at least this long. Milliseconds are usual on a busy host; users notice waits longer than a time slice.',
  expr: quantile(0.99, wait),
  unit: unit.seconds,
  steps: steps.delay,
};

export const runnableTasks: Stat = {
  title: 'Tasks waiting for a CPU',
  description: 'Average number of runnable tasks without a CPU: the host lacks that many CPUs.',
  expr: `sum(rate(${select(`${wait}_sum`)}[$__rate_interval]))`,
  unit: unit.number,
  decimals: 2,
};

export const runQueue: Section = {
  title: 'Run queue',
  bands: [
    band(
      9,
      [
        12,
        heatmap({
          title: 'Run queue latency',
          description:
            'Waits for a CPU per second, by duration from runnable to running. A band that moves up is a host that runs short of CPUs.',
          expr: buckets(wait),
          unit: unit.seconds,
          runbooks: ['run_queue_saturated'],
        }),
      ],
      [
        12,
        lines({
          title: 'Run queue latency (quantiles)',
          description: 'Half of the waits were shorter than p50; one in a thousand was longer than p99.9.',
          queries: [
            { expr: quantile(0.5, wait), legend: 'p50' },
            { expr: quantile(0.9, wait), legend: 'p90' },
            { expr: quantile(0.99, wait), legend: 'p99' },
            { expr: quantile(0.999, wait), legend: 'p99.9' },
          ],
          unit: unit.seconds,
          log: true,
        }),
      ],
    ),
    band(
      8,
      [
        12,
        lines({
          title: 'Tasks waiting for a CPU by host',
          description: 'Average number of runnable tasks without a CPU.',
          queries: [
            { expr: `sum by (instance) (rate(${select(`${wait}_sum`)}[$__rate_interval]))`, legend: '{{instance}}' },
          ],
          unit: unit.number,
          runbooks: ['run_queue_saturated'],
        }),
      ],
      [
        12,
        lines({
          title: 'Waits for a CPU by host',
          description: 'How often a runnable task got a CPU after a wait.',
          queries: [{ expr: rate(`${wait}_count`, 'instance'), legend: '{{instance}}' }],
          unit: unit.perSecond,
        }),
      ],
    ),
  ],
};

/** Empty unless probe runqlat counts by command, which it does not by default. */
export const runQueueByCommand: Section = {
  title: `Run queue by ${who}`,
  collapsed: true,
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: `Tasks waiting for a CPU by ${who}`,
          description: `The ten ${whose} that waited most in the time range.`,
          queries: [{ expr: topRate(`${commandWait}_sum`, who), legend: '{{identity}}' }],
          unit: unit.number,
          style: 'stacked',
          absent: noCommands,
        }),
      ],
      [
        12,
        table({
          title: `Top ${whose} by run queue latency`,
          description: `The twenty ${whose} with the longest waits.`,
          labels: ['identity'],
          columns: [
            column.seconds('p99', longest),
            column.perSecond('Waits', `${average(`${commandWait}_count`, who)} and on (${who}) ${longest}`),
          ],
          absent: noCommands,
        }),
      ],
    ),
  ],
};
