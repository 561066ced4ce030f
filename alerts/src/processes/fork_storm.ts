import { usual } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const forkStorm = define(
  { SantaForkStorm: { on: amount, times: amount } },
  ({ rate, events, SantaForkStorm }) => [
    record(`instance_command:santabpf_forks:rate${rate}`, `sum without (kind) (rate(santabpf_forks_total[${rate}]))`),
    record(
      `instance:santabpf_forks:rate${rate}`,
      `sum without (command) (instance_command:santabpf_forks:rate${rate})`,
    ),
    {
      alert: 'SantaForkStorm',
      why: 'An exec takes about a millisecond (docs/probes/execs.md), so a hundred per second use a tenth of a CPU. Three times the past hour: a host that builds software all day is not in trouble.',
      expr: promql`
          instance:santabpf_forks:rate${rate} > ${SantaForkStorm.on}
            and
          instance:santabpf_forks:rate${rate} > ${SantaForkStorm.times} * ${usual(`instance:santabpf_forks:rate${rate}`, events)}
        `,
      scenario: 'fork_storm',
      probe: 'forks',
      dashboard: 'processes',
      summary: 'Fork storm on {{ $labels.instance }}',
      description: [
        '{{ $labels.instance }} creates {{ $value | printf "%.0f" }} processes and threads a second, more than three times the usual rate of the past hour. Top commands, by share:',
        top(
          `100 * instance_command:santabpf_forks:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_forks:rate${rate} >= 1`,
          '- {{ .Labels.command }}: {{ printf "%.0f%%" .Value }}',
        ),
      ],
    },
  ],
);
