import { highestOfDay, highestOfHour, usual } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const forkStorm = define(
  { SantaForkStorm: { on: amount, times: amount } },
  ({ identity, rate, events, SantaForkStorm }) => [
    record(
      `instance_${identity.level()}:santabpf_forks:rate${rate}`,
      `sum without (kind) (rate(santabpf_forks_total[${rate}]))`,
    ),
    record(
      `instance:santabpf_forks:rate${rate}`,
      `sum without (${identity.list}) (instance_${identity.level()}:santabpf_forks:rate${rate})`,
    ),
    record('instance:santabpf_forks:max1h', highestOfHour(`instance:santabpf_forks:rate${rate}`)),
    {
      alert: 'SantaForkStorm',
      why: 'An exec takes about a millisecond (docs/probes/execs.md), so 200 per second and CPU use a fifth of all CPUs. The past hour and the highest rate of the day before: a host that builds software, now or every night, is not in trouble.',
      expr: promql`
          instance:santabpf_forks:rate${rate} > ${SantaForkStorm.on} * (santabpf_cpus_online or 0 * instance:santabpf_forks:rate${rate} + 1)
            and
          instance:santabpf_forks:rate${rate} > ${SantaForkStorm.times} * ${usual(`instance:santabpf_forks:rate${rate}`, events)}
            unless
          instance:santabpf_forks:rate${rate} <= ${highestOfDay('instance:santabpf_forks:max1h')}
        `,
      scenario: 'fork_storm',
      probe: 'forks',
      dashboard: 'processes',
      summary: 'Fork storm on {{ $labels.instance }}',
      description: [
        `{{ $labels.instance }} creates {{ $value | printf "%.0f" }} processes and threads a second, more than ${SantaForkStorm.times} times the usual rate of the past hour. Top ${identity.nouns}, by share:`,
        top(
          `100 * instance_${identity.level()}:santabpf_forks:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_forks:rate${rate} >= 1`,
          `- ${identity.who('.Labels')}: {{ printf "%.0f%%" .Value }}`,
        ),
      ],
    },
  ],
);
