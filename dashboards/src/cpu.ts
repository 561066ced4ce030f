import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { heatmap, lines, stat, table } from './panels/index.js';
import { buckets, ofTop, orZero, quantile, rate, select, topRate } from './query.js';

// The profiler asks each CPU this often: a sample stands for so much of a second of one CPU.
const SAMPLES_PER_SECOND = 99;
const samples = 'santabpf_profile_samples_total';
const idleSamples = 'santabpf_profile_idle_samples_total';
const wait = 'santabpf_runqueue_wait_seconds';
const commandWait = 'santabpf_command_runqueue_wait_seconds';

const periods = 'santabpf_cgroup_cpu_periods_total';
const throttledPeriods = 'santabpf_cgroup_cpu_throttled_periods_total';
const throttledTime = 'santabpf_cgroup_cpu_throttled_seconds_total';
const quota = 'santabpf_cgroup_cpu_quota_seconds';
const period = 'santabpf_cgroup_cpu_period_seconds';
const steal = 'santabpf_cpu_steal_seconds_total';

const noProfile = 'No samples: is the probe profile up?';
const noWaits = 'No waits: is the probe runqlat up?';
const noCommands = 'Set constants: { by_command: true } of the probe runqlat to see this';

const noLimits = 'No cgroup with a CPU quota wanted to run, or the probe cpu_throttling is not up';

const cpus = (by: string, ...matchers: string[]) => `${rate(samples, by, ...matchers)} / ${SAMPLES_PER_SECOND}`;
/** Part of the time of all CPUs in which they were busy; also where one was never idle, or never busy. */
export function busyShare(by: string): string {
  const zero = (metric: string, other: string) => `(${rate(metric, by)} or 0 * ${rate(other, by)})`;
  const busy = zero(samples, idleSamples);
  return `${busy} / (${busy} + ${zero(idleSamples, samples)})`;
}
const cpusInRange = (...matchers: string[]) =>
  `sum by (command) (rate(${select(samples, ...matchers)}[$__range])) / ${SAMPLES_PER_SECOND}`;
const longest = `topk(20, ${quantile(0.99, commandWait, 'command', '$__range')} > 0)`;

export const cpu: Dashboard = {
  uid: 'santabpf-cpu',
  title: 'CPU and scheduling',
  description: 'Who uses the CPUs, in which mode, and how long those wait who want one.',
  sections: [
    {
      title: 'Who uses the CPUs',
      bands: [
        band(
          5,
          [
            6,
            stat({
              title: 'CPUs in use',
              description: 'CPUs that were busy on average, on all chosen hosts together.',
              expr: orZero('profile', cpus('')),
              unit: 'none',
              decimals: 2,
              noValue: noProfile,
            }),
          ],
          [
            6,
            stat({
              title: 'Share in the kernel',
              description:
                'Part of the busy time that was spent in the kernel. More than half is work of the kernel for the programs: I/O, memory, many small system calls.',
              expr: `${rate(samples, '', 'mode="kernel"')} / ${rate(samples, '')}`,
              unit: 'percentunit',
              decimals: 0,
              noValue: noProfile,
            }),
          ],
          [
            6,
            stat({
              title: 'Wait for a CPU, p99',
              description:
                'One wait in a hundred was at least this long. Milliseconds are usual on a busy host; what is longer than a time slice, users feel.',
              expr: quantile(0.99, wait),
              unit: 's',
              steps: [
                [0.01, 'orange'],
                [0.1, 'red'],
              ],
              noValue: noWaits,
            }),
          ],
          [
            6,
            stat({
              title: 'Tasks waiting',
              description: 'Tasks that wanted a CPU and had none, on average: so many CPUs are missing.',
              expr: `sum(rate(${select(`${wait}_sum`)}[$__rate_interval]))`,
              unit: 'none',
              decimals: 2,
              noValue: noWaits,
            }),
          ],
        ),
        band(
          10,
          [
            14,
            lines({
              title: 'CPUs in use by command',
              runbooks: ['cpu_high'],
              description: 'The ten commands that used most in the shown time. One CPU that is busy all the time is 1.',
              queries: [{ expr: ofTop(10, samples, 'command', cpus('command')), legend: '{{command}}' }],
              unit: 'none',
              style: 'stacked',
              noValue: noProfile,
            }),
          ],
          [
            10,
            table({
              title: 'Top commands',
              runbooks: ['cpu_high'],
              description:
                'Averages of the shown time. Share is of all that was used, kernel is the part in the kernel.',
              labels: { command: 'Command' },
              columns: [
                { title: 'CPUs', expr: `topk(20, ${cpusInRange()})`, unit: 'none', decimals: 3 },
                {
                  title: 'Share',
                  expr: `topk(20, ${cpusInRange()}) / scalar(sum(${cpusInRange()}))`,
                  unit: 'percentunit',
                  decimals: 1,
                },
                {
                  title: 'Kernel',
                  expr: `${cpusInRange('mode="kernel"')} / (topk(20, ${cpusInRange()}) > 0)`,
                  unit: 'percentunit',
                  decimals: 0,
                },
              ],
              noValue: noProfile,
            }),
          ],
        ),
        band(
          8,
          [
            12,
            lines({
              title: 'CPUs in use by mode',
              description: 'Time in programs (user) and in the kernel on their behalf (kernel).',
              queries: [{ expr: cpus('mode'), legend: '{{mode}}' }],
              unit: 'none',
              style: 'stacked',
              noValue: noProfile,
            }),
          ],
          [
            12,
            lines({
              title: 'Busy by host',
              description: 'Part of the time of all its CPUs in which a host was busy.',
              queries: [{ expr: busyShare('instance'), legend: '{{instance}}' }],
              unit: 'percentunit',
              max: 1,
              noValue: noProfile,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Who waits for a CPU',
      bands: [
        band(
          9,
          [
            12,
            heatmap({
              title: 'Wait for a CPU',
              runbooks: ['run_queue_saturated'],
              description:
                'Waits per second by their length, from being able to run until running. A band that moves up is a host that gets short of CPUs.',
              expr: buckets(wait),
              unit: 's',
              noValue: noWaits,
            }),
          ],
          [
            12,
            lines({
              title: 'Wait for a CPU, quantiles',
              description: 'Half of the waits were shorter than p50, one in a thousand longer than p99.9.',
              queries: [
                { expr: quantile(0.5, wait), legend: 'p50' },
                { expr: quantile(0.9, wait), legend: 'p90' },
                { expr: quantile(0.99, wait), legend: 'p99' },
                { expr: quantile(0.999, wait), legend: 'p99.9' },
              ],
              unit: 's',
              log: true,
              noValue: noWaits,
            }),
          ],
        ),
        band(
          8,
          [
            8,
            lines({
              title: 'Tasks waiting by host',
              runbooks: ['run_queue_saturated'],
              description: 'Tasks that wanted a CPU and had none, on average.',
              queries: [
                {
                  expr: `sum by (instance) (rate(${select(`${wait}_sum`)}[$__rate_interval]))`,
                  legend: '{{instance}}',
                },
              ],
              unit: 'none',
              noValue: noWaits,
            }),
          ],
          [
            8,
            lines({
              title: 'Waits by host',
              description: 'How often a task got a CPU: the context switches that mattered.',
              queries: [{ expr: rate(`${wait}_count`, 'instance'), legend: '{{instance}}' }],
              unit: 'cps',
              noValue: noWaits,
            }),
          ],
          [
            8,
            lines({
              title: 'Tasks waiting by command',
              description: 'The ten commands that waited most. Only with the constant by_command of the probe runqlat.',
              queries: [{ expr: topRate(`${commandWait}_sum`, 'command'), legend: '{{command}}' }],
              unit: 'none',
              style: 'stacked',
              noValue: noCommands,
            }),
          ],
        ),
        band(8, [
          24,
          table({
            title: 'Who waits longest',
            description:
              'Commands by their wait in the shown time. Only with the constant by_command of the probe runqlat.',
            labels: { command: 'Command' },
            columns: [
              {
                title: 'p99',
                expr: longest,
                unit: 's',
              },
              {
                title: 'Waits per second',
                expr: `sum by (command) (rate(${select(`${commandWait}_count`)}[$__range])) and on (command) ${longest}`,
                unit: 'cps',
              },
            ],
            noValue: noCommands,
          }),
        ]),
      ],
    },
    {
      title: 'CPU time that was there, and not to be had',
      bands: [
        band(
          9,
          [
            14,
            lines({
              title: 'Held back by their CPU limit',
              runbooks: ['cpu_throttled'],
              description:
                'Part of the periods in which a cgroup used up its quota and had to wait for the next. The ten cgroups that were held back most.',
              queries: [
                {
                  expr: ofTop(
                    10,
                    throttledPeriods,
                    'cgroup',
                    `clamp_max(${rate(throttledPeriods, 'cgroup')} / ${rate(periods, 'cgroup')}, 1)`,
                  ),
                  legend: '{{cgroup}}',
                },
              ],
              unit: 'percentunit',
              noValue: noLimits,
            }),
          ],
          [
            10,
            lines({
              title: 'Steal by CPU',
              runbooks: ['cpu_throttled'],
              description:
                'Part of the time in which a virtual CPU wanted to run while the hypervisor ran something else. Always 0 on real machines.',
              queries: [{ expr: rate(steal, 'instance, cpu'), legend: '{{instance}} {{cpu}}' }],
              unit: 'percentunit',
              noValue: 'No steal: the kernel does not know it, or the probe cpu_throttling is not up',
            }),
          ],
        ),
        band(7, [
          24,
          table({
            title: 'CPU limits',
            runbooks: ['cpu_throttled'],
            description:
              'Cgroups with a quota. The limit is the last known, in CPUs; of the shown time, the part of their periods in which they were held back, and the CPUs that they would have run on meanwhile.',
            labels: { cgroup: 'Cgroup' },
            columns: [
              {
                title: 'Limit',
                expr: `sum by (cgroup) (last_over_time(${select(quota)}[$__range])) / sum by (cgroup) (last_over_time(${select(period)}[$__range]))`,
                unit: 'none',
                decimals: 2,
              },
              {
                title: 'Held back',
                expr: `clamp_max(sum by (cgroup) (rate(${select(throttledPeriods)}[$__range])) / sum by (cgroup) (rate(${select(periods)}[$__range])), 1)`,
                unit: 'percentunit',
                decimals: 0,
                steps: [[0.25, 'orange']],
              },
              {
                title: 'CPUs lost',
                expr: `sum by (cgroup) (rate(${select(throttledTime)}[$__range]))`,
                unit: 'none',
                decimals: 2,
              },
            ],
            sortBy: 'Held back',
            noValue: noLimits,
          }),
        ]),
      ],
    },
  ],
};
