import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { average, quantile, topQuantile, topRate } from '../query.js';
import { unit } from '../units.js';

const duration = 'santabpf_syscall_duration_seconds';
const unnamedDuration = 'santabpf_unnamed_syscall_duration_seconds';

export const syscallLatency: Section = {
  title: 'System call latency',
  collapsed: true,
  bands: [
    band(
      9,
      [
        12,
        lines({
          title: 'Tasks inside system calls',
          description:
            'Average number of tasks inside a system call, waiting included; the ten calls with the most. Calls that sleep by design (epoll_wait, futex, poll) lead.',
          queries: [{ expr: topRate(`${duration}_sum`, 'syscall'), legend: '{{syscall}}' }],
          unit: unit.number,
          style: 'stacked',
        }),
      ],
      [
        12,
        lines({
          title: 'System call latency (p99)',
          description:
            'One in a hundred calls took at least this long; the ten system calls with the most time in total.',
          queries: [
            {
              expr: topQuantile(10, 0.99, duration, 'syscall', `${duration}_sum`),
              legend: '{{syscall}}',
            },
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
        table({
          title: 'System calls by time',
          description: 'Averages over the time range; the system calls with the most time in total come first.',
          labels: ['syscall'],
          columns: [
            column.number('Tasks inside', `${average(`${duration}_sum`, 'syscall')} > 0`, 3),
            column.perSecond('Calls', `${average(`${duration}_count`, 'syscall')} > 0`),
            column.seconds('p50', quantile(0.5, duration, 'syscall', '$__range')),
            column.seconds('p99', quantile(0.99, duration, 'syscall', '$__range')),
          ],
        }),
      ],
      [
        12,
        lines({
          title: 'Unnamed system call latency (p99)',
          description: 'One in a hundred unnamed system calls took at least this long, by reason.',
          queries: [{ expr: quantile(0.99, unnamedDuration, 'reason'), legend: '{{reason}}' }],
          unit: unit.seconds,
          log: true,
          nothing: 'No unnamed system calls',
        }),
      ],
    ),
  ],
};
