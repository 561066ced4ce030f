import { band, type Section } from '../grid.js';
import { column, heatmap, lines, table } from '../panels/index.js';
import { buckets, increase, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

export const stalled = 'santabpf_memory_reclaim_stall_seconds_total';
export const freed = 'santabpf_memory_reclaimed_bytes_total';
export const duration = 'santabpf_memory_reclaim_duration_seconds';
const stalls = 'santabpf_memory_reclaim_stalls_total';

export const noStalls = 'No stalls in direct reclaim';

const reclaimer = `${who}, cgroup, limit`;
const longest = `topk(20, ${increase(stalled, reclaimer)} > 0)`;
/** A metric for the rows of the table only. */
const ofLongest = (metric: string) => `${increase(metric, reclaimer)} and on (${reclaimer}) ${longest}`;

export const reclaim: Section = {
  title: 'Direct reclaim',
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: `Tasks stalled in reclaim by ${who}`,
          description:
            'Seconds stalled per second: 1 is one task that only reclaims memory. A few percent are usual when a small cgroup reads a large file; 0.5 and more is trouble.',
          queries: [{ expr: topRate(stalled, who), legend: '{{identity}}' }],
          unit: unit.number,
          style: 'stacked',
          nothing: noStalls,
          runbooks: ['memory_exhausted'],
        }),
      ],
      [
        12,
        lines({
          title: 'Tasks stalled in reclaim by cgroup',
          description:
            'Stalled tasks by memory cgroup and by the limit that was hit: cgroup is its own limit or that of an ancestor, host is the memory of the machine.',
          queries: [{ expr: topRate(stalled, 'cgroup, limit'), legend: '{{cgroup}} ({{limit}})' }],
          unit: unit.number,
          style: 'stacked',
          nothing: noStalls,
        }),
      ],
    ),
    band(
      9,
      [
        12,
        heatmap({
          title: 'Reclaim stall duration',
          description: 'Stalls in direct reclaim per second, by duration.',
          expr: buckets(duration),
          unit: unit.seconds,
          nothing: noStalls,
        }),
      ],
      [
        12,
        lines({
          title: 'Memory freed per second of stall',
          description:
            'Gigabytes: page cache is dropped, which is cheap. Megabytes: little is left to drop, and an OOM kill is near.',
          queries: [{ expr: `${rate(freed, 'limit')} / ${rate(stalled, 'limit')}`, legend: '{{limit}}' }],
          unit: unit.bytesPerSecond,
          log: true,
          nothing: noStalls,
        }),
      ],
    ),
    band(9, [
      24,
      table({
        title: `Top ${whose} by reclaim stall`,
        description: 'Time stalled in the time range, number of stalls, and memory that they freed.',
        labels: ['identity', 'cgroup', 'limit'],
        columns: [
          column.seconds('Stalled', longest),
          column.count('Stalls', ofLongest(stalls)),
          column.bytes('Freed', ofLongest(freed)),
        ],
        nothing: noStalls,
      }),
    ]),
  ],
};
