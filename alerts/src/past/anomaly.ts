import { phrase } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const anomaly = define(
  { SantaAnomalyAgainstPast: { times: amount, least: amount } },
  ({ identity, events, SantaAnomalyAgainstPast }) => [
    record(
      'instance_activity:santabpf:now',
      `sum without (${identity.list}, user) (rate(santabpf_execs_total[${events}]))`,
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
          1000 * sum without (${identity.withPlaces('device', 'operation')}) (rate(santabpf_block_io_duration_seconds_sum[${events}]))
            / (sum without (${identity.withPlaces('device', 'operation')}) (rate(santabpf_block_io_duration_seconds_count[${events}])) > 0)
        `,
      undefined,
      { activity: 'milliseconds for a block request' },
    ),
    record('instance_activity:santabpf:avg1h', 'avg_over_time(instance_activity:santabpf:now[1h])'),
    ...[1, 2, 3, 4, 5, 6, 7].map((day) =>
      record(
        'instance_activity_day:santabpf:avg1h',
        `max_over_time(instance_activity:santabpf:avg1h[2h] offset ${24 * day - 1}h)`,
        day === 1
          ? 'The highest mean of an hour on each of the past seven days, up to an hour earlier or later: jobs are not always on time.'
          : undefined,
        { day: `${day}` },
      ),
    ),
    record(
      'instance_activity:santabpf:past1h',
      promql`
          max without (day) (instance_activity_day:santabpf:avg1h)
            and
          count without (day) (instance_activity_day:santabpf:avg1h) >= 3
        `,
      'The highest of the past seven days, if at least three of them are known.',
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
