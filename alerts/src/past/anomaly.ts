import { phrase } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const anomaly = define(
  { SantaAnomalyAgainstPast: { times: amount, least: amount } },
  ({ events, SantaAnomalyAgainstPast }) => [
    record(
      'instance_activity:santabpf:now',
      `sum without (command, user) (rate(santabpf_execs_total[${events}]))`,
      undefined,
      { activity: 'programs executed a second' },
    ),
    record(
      'instance_activity:santabpf:now',
      `sum without (syscall, errno) (rate(santabpf_syscall_errors_total[${events}]))`,
      undefined,
      { activity: 'failing system calls a second' },
    ),
    record(
      'instance_activity:santabpf:now',
      promql`
          1000 * sum without (device, operation) (rate(santabpf_block_io_duration_seconds_sum[${events}]))
            / (sum without (device, operation) (rate(santabpf_block_io_duration_seconds_count[${events}])) > 0)
        `,
      undefined,
      { activity: 'milliseconds for a block request' },
    ),
    record('instance_activity:santabpf:avg1h', 'avg_over_time(instance_activity:santabpf:now[1h])'),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 1d', undefined, {
      day: '1',
    }),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 2d', undefined, {
      day: '2',
    }),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 3d', undefined, {
      day: '3',
    }),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 4d', undefined, {
      day: '4',
    }),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 5d', undefined, {
      day: '5',
    }),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 6d', undefined, {
      day: '6',
    }),
    record('instance_activity_day:santabpf:avg1h', 'instance_activity:santabpf:avg1h offset 7d', undefined, {
      day: '7',
    }),
    record(
      'instance_activity:santabpf:past1h',
      promql`
          max without (day) (instance_activity_day:santabpf:avg1h)
            and
          count without (day) (instance_activity_day:santabpf:avg1h) >= 3
        `,
      'The highest of the same hour in the past seven days, if at least three of them are known.',
    ),
    {
      alert: 'SantaAnomalyAgainstPast',
      why: 'Three times the highest of a week: a week with a holiday exceeds twice. Below five of anything is noise, such as an idle host or a solid-state disk.',
      expr: promql`
          instance_activity:santabpf:avg1h > ${SantaAnomalyAgainstPast.times} * instance_activity:santabpf:past1h
            and
          instance_activity:santabpf:avg1h > ${SantaAnomalyAgainstPast.least}
        `,
      scenario: 'anomaly_against_past',
      dashboard: 'overview',
      summary: 'Unusual activity on {{ $labels.instance }}',
      description: [
        '{{ $labels.instance }}: {{ printf "%.0f" $value }} {{ $labels.activity }} in the past hour. The highest in the same hour of the past seven days was',
        `${phrase('instance_activity:santabpf:past1h{job=%q,instance=%q,activity=%q}', ' {{ printf "%.1f" .Value }}')}.`,
      ],
    },
  ],
);
