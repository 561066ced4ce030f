import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { heatmap, lines, stat, table } from './panels/index.js';
import { buckets, increase, orZero, quantile, rate, topRate } from './query.js';

const kills = 'santabpf_oom_kills_total';
const killedBytes = 'santabpf_oom_killed_memory_bytes_total';
const stalls = 'santabpf_memory_reclaim_stalls_total';
const stalled = 'santabpf_memory_reclaim_stall_seconds_total';
const freed = 'santabpf_memory_reclaimed_bytes_total';
const duration = 'santabpf_memory_reclaim_duration_seconds';

const noKills = 'Nothing was killed for want of memory, or the probe oom_kills is not up';
const noStalls = 'Nobody had to make room in memory, or the probe memory_reclaim is not up';

const victim = 'command, cgroup, limit, requester, instance';
const reclaimer = 'command, cgroup, limit';

const mostKilled = `topk(20, ${increase(kills, victim)} > 0)`;
const longest = `topk(20, ${increase(stalled, reclaimer)} > 0)`;
/** The same rows in every column. */
const ofRows = (rows: string, by: string, metric: string) => `${increase(metric, by)} and on (${by}) ${rows}`;

export const memory: Dashboard = {
  uid: 'santabpf-memory',
  title: 'Memory',
  description: 'Who stands still because memory is short, who was killed for it, and who asked for more.',
  sections: [
    {
      title: 'Now',
      bands: [
        band(
          5,
          [
            6,
            stat({
              title: 'Killed in the shown time',
              description: 'Processes that the kernel killed because a cgroup, or the host, had no memory left.',
              expr: orZero('oom_kills', increase(kills, '')),
              unit: 'none',
              decimals: 0,
              steps: [[1, 'red']],
              noValue: 'The probe oom_kills is not up',
              runbooks: ['memory_exhausted'],
            }),
          ],
          [
            6,
            stat({
              title: 'Tasks that stand still',
              description: 'Tasks that, on average, do nothing but make room in memory before they get some.',
              expr: orZero('memory_reclaim', rate(stalled, '')),
              unit: 'none',
              decimals: 2,
              steps: [
                [0.25, 'orange'],
                [0.5, 'red'],
              ],
              noValue: 'The probe memory_reclaim is not up',
              runbooks: ['memory_exhausted'],
            }),
          ],
          [
            6,
            stat({
              title: 'Making room, p99',
              description: 'One time in a hundred, making room took at least this long.',
              expr: quantile(0.99, duration),
              unit: 's',
              steps: [
                [0.01, 'orange'],
                [0.1, 'red'],
              ],
              noValue: noStalls,
            }),
          ],
          [
            6,
            stat({
              title: 'Freed by those who wait',
              description:
                'Memory per second that tasks freed themselves; what the kernel frees in the background is not in it.',
              expr: orZero('memory_reclaim', rate(freed, '')),
              unit: 'Bps',
              noValue: 'The probe memory_reclaim is not up',
            }),
          ],
        ),
      ],
    },
    {
      title: 'Killed for want of memory',
      bands: [
        band(
          9,
          [
            16,
            table({
              title: 'Victims',
              description:
                'Processes killed in the shown time, what they had in memory all together, and the command that asked for more when there was none. Limit tells whose ran out: that of the cgroup or one above it, or the host.',
              labels: {
                command: 'Victim',
                cgroup: 'Cgroup',
                limit: 'Limit',
                requester: 'Asked by',
                instance: 'Host',
              },
              columns: [
                { title: 'Killed', expr: mostKilled, unit: 'locale', decimals: 0 },
                { title: 'Had', expr: ofRows(mostKilled, victim, killedBytes), unit: 'bytes' },
              ],
              widths: { Victim: 130, Limit: 70, 'Asked by': 130, Host: 90 },
              noValue: noKills,
              runbooks: ['memory_exhausted'],
            }),
          ],
          [
            8,
            lines({
              title: 'Kills by victim',
              description: 'Processes killed, by command, in each interval of the graph.',
              queries: [{ expr: `${increase(kills, 'command', '$__rate_interval')} > 0`, legend: '{{command}}' }],
              unit: 'none',
              style: 'bars',
              noValue: noKills,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Making room: direct reclaim',
      bands: [
        band(
          9,
          [
            12,
            lines({
              title: 'Tasks that stand still, by command',
              description:
                'Seconds per second: 1 is one task that does nothing else. Reading a large file in a small cgroup costs some per cent; a half and more is trouble.',
              queries: [{ expr: topRate(stalled, 'command'), legend: '{{command}}' }],
              unit: 'none',
              style: 'stacked',
              noValue: noStalls,
              runbooks: ['memory_exhausted'],
            }),
          ],
          [
            12,
            lines({
              title: 'Tasks that stand still, by cgroup',
              description:
                'The same by memory cgroup, and by whose limit is short: its own or that of one above, or the host.',
              queries: [{ expr: topRate(stalled, 'cgroup, limit'), legend: '{{cgroup}} ({{limit}})' }],
              unit: 'none',
              style: 'stacked',
              noValue: noStalls,
            }),
          ],
        ),
        band(
          9,
          [
            12,
            heatmap({
              title: 'How long it takes',
              description: 'Times per second that a task made room, by how long it took.',
              expr: buckets(duration),
              unit: 's',
              noValue: noStalls,
            }),
          ],
          [
            12,
            lines({
              title: 'Freed per second of it',
              description:
                'Gigabytes: what passes through the page cache is dropped. Megabytes: nothing is left that could be dropped, and a kill is near.',
              queries: [{ expr: `${rate(freed, 'limit')} / ${rate(stalled, 'limit')}`, legend: 'short: {{limit}}' }],
              unit: 'Bps',
              log: true,
              noValue: noStalls,
            }),
          ],
        ),
        band(9, [
          24,
          table({
            title: 'Who makes room',
            description:
              'Commands and cgroups by the time that they stood still in the shown time, how often, and what that freed.',
            labels: { command: 'Command', cgroup: 'Cgroup', limit: 'Limit' },
            columns: [
              { title: 'Time', expr: longest, unit: 's' },
              { title: 'Times', expr: ofRows(longest, reclaimer, stalls), unit: 'locale', decimals: 0 },
              { title: 'Freed', expr: ofRows(longest, reclaimer, freed), unit: 'bytes' },
            ],
            widths: { Command: 200, Limit: 90 },
            noValue: noStalls,
          }),
        ]),
      ],
    },
  ],
};
