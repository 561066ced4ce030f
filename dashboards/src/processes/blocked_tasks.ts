import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { select, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

export const blocked = 'santabpf_blocked_tasks';
const longestBlocked = 'santabpf_blocked_longest_seconds';
const offCpu = 'santabpf_off_cpu_seconds_total';
const noBlocked = 'No blocked tasks';

export const blockedTasks: Section = {
  title: 'Blocked tasks',
  collapsed: true,
  bands: [
    band(
      8,
      [
        12,
        lines({
          title: `Blocked tasks by ${who}`,
          description: `Tasks in uninterruptible sleep (state D) for longer than ten seconds, by ${who} and by the kernel function they wait in.`,
          queries: [{ expr: `sum by (${who}, function) (${select(blocked)})`, legend: '{{identity}} in {{function}}' }],
          unit: unit.number,
          style: 'bars',
          nothing: noBlocked,
          runbooks: ['blocked_tasks'],
        }),
      ],
      [
        12,
        table({
          title: 'Longest blocked tasks',
          description: 'The longest sleep in the time range, and the largest number of tasks blocked at once.',
          labels: ['identity'],
          columns: [
            column.seconds('Longest', `max by (${who}) (max_over_time(${select(longestBlocked)}[$__range]))`, [
              [120, 'red'],
            ]),
            column.count(
              'Tasks',
              `max by (${who}) (max_over_time((sum by (${who}, instance) (${select(blocked)}))[$__range:]))`,
            ),
          ],
          nothing: noBlocked,
          runbooks: ['blocked_tasks'],
        }),
      ],
    ),
    band(8, [
      24,
      lines({
        title: `Waiting threads by ${who}`,
        description: `Average number of threads in sleep, on locks, disks, sockets and timers; the ten ${whose} with most, by state. Idle threads of services lead: compare with an earlier time.`,
        queries: [{ expr: topRate(offCpu, `${who}, state`), legend: '{{identity}} {{state}}' }],
        unit: unit.number,
      }),
    ]),
  ],
};
