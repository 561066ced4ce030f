import { hysteresis } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const shortLivedJobs = define(
  { SantaShortLivedJobs: { on: share, off: share } },
  ({ rate, SantaShortLivedJobs }) => [
    record(
      `instance_command_parent_user:santabpf_short_lived_cpu:rate${rate}`,
      `rate(santabpf_short_lived_cpu_seconds_total[${rate}])`,
      'CPUs used by processes that live less than a second.',
    ),
    record(
      `instance:santabpf_short_lived_cpu:rate${rate}`,
      `sum without (command, parent, user) (instance_command_parent_user:santabpf_short_lived_cpu:rate${rate})`,
    ),
    record(
      `instance:santabpf_short_lived_cpu:ratio${rate}`,
      `instance:santabpf_short_lived_cpu:rate${rate} / santabpf_cpus_online`,
      'Their share of all CPU time.',
    ),
    {
      alert: 'SantaShortLivedJobs',
      why: '25 % on, 15 % off. Measured: 4 % while the tests of this project run. A build of small C files spends 98 % of its CPU time in such processes, so one compiler at a time is half of two CPUs. A build host may need a silence.',
      expr: hysteresis(
        'SantaShortLivedJobs',
        `instance:santabpf_short_lived_cpu:ratio${rate}`,
        '>',
        SantaShortLivedJobs,
      ),
      scenario: 'short_lived_jobs',
      probe: 'short_lived',
      dashboard: 'processes',
      summary: 'Short-lived processes use the CPUs of {{ $labels.instance }}',
      description: [
        'Processes that live less than a second use {{ $value | humanizePercentage }} of the CPU time of {{ $labels.instance }}',
        `${phrase(`sum without (command, parent, user) (rate(santabpf_short_lived_processes_total{job=%q,instance=%q}[${rate}]))`, ', {{ printf "%.0f" .Value }} of them a second')}. top does not show them. Top commands (← parent, user), by share:`,
        top(
          `100 * instance_command_parent_user:santabpf_short_lived_cpu:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_short_lived_cpu:rate${rate} >= 1`,
          '- {{ .Labels.command }} ← {{ .Labels.parent }} ({{ .Labels.user }}): {{ printf "%.0f%%" .Value }}',
        ),
      ],
    },
  ],
);
