import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { average, ofTop, rate, select } from '../query.js';
import { unit } from '../units.js';

const periods = 'santabpf_cgroup_cpu_periods_total';
const throttledPeriods = 'santabpf_cgroup_cpu_throttled_periods_total';
const throttledTime = 'santabpf_cgroup_cpu_throttled_seconds_total';
const quota = 'santabpf_cgroup_cpu_quota_seconds';
const period = 'santabpf_cgroup_cpu_period_seconds';
const steal = 'santabpf_cpu_steal_seconds_total';

const noLimits = 'No cgroup with a CPU quota was active';
const lastKnown = (metric: string) => `sum by (cgroup) (last_over_time(${select(metric)}[$__range]))`;

export const throttling: Section = {
  title: 'CPU throttling and steal',
  collapsed: true,
  bands: [
    band(
      9,
      [
        14,
        lines({
          title: 'Throttled periods by cgroup',
          description:
            'Share of the scheduling periods in which a cgroup used up its CPU quota and waited for the next period. The ten cgroups throttled most.',
          queries: [
            {
              expr: ofTop(
                10,
                throttledPeriods,
                'cgroup',
                `clamp_max(${rate(throttledPeriods, 'cgroup')} / (${rate(periods, 'cgroup')} > 0), 1)`,
              ),
              legend: '{{cgroup}}',
            },
          ],
          unit: unit.share,
          nothing: noLimits,
          runbooks: ['cpu_throttled'],
        }),
      ],
      [
        10,
        lines({
          title: 'Steal time by CPU',
          description:
            'Share of the time in which a virtual CPU was ready to run while the hypervisor ran something else. Always 0 on bare metal.',
          queries: [{ expr: rate(steal, 'instance, cpu'), legend: '{{instance}} {{cpu}}' }],
          unit: unit.share,
          absent: 'This kernel does not report steal time',
          runbooks: ['cpu_throttled'],
        }),
      ],
    ),
    band(7, [
      24,
      table({
        title: 'CPU limits by cgroup',
        description:
          'Limit is the last known quota, in CPUs. Throttled is the share of periods in which the quota was used up. CPUs lost is what the cgroup would have used while throttled.',
        labels: ['cgroup'],
        columns: [
          column.number('Limit', `${lastKnown(quota)} / ${lastKnown(period)}`, 2),
          column.share(
            'Throttled',
            `clamp_max(${average(throttledPeriods, 'cgroup')} / (${average(periods, 'cgroup')} > 0), 1)`,
            0,
            [[0.25, 'orange']],
          ),
          column.number('CPUs lost', average(throttledTime, 'cgroup'), 2),
        ],
        sortBy: 'Throttled',
        nothing: noLimits,
        runbooks: ['cpu_throttled'],
      }),
    ]),
  ],
};
