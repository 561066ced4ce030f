import { whileFiring } from '../conditions.js';
import { hottestFunctions } from '../flame_graph.js';
import { phrase, topShares } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';
import { recordUsual, unusual } from '../usual.js';

export const shortLivedJobs = define(
  { SantaShortLivedJobs: { on: share, off: share, seconds: amount, times: amount, busy: share, waiting: amount } },
  ({ identity, rate, SantaShortLivedJobs: { on, off, seconds, times, busy, waiting } }) => [
    record(
      `instance_${identity.level('parent', 'user')}:santabpf_short_lived_cpu:rate${rate}`,
      `rate(santabpf_short_lived_cpu_seconds_total[${rate}])`,
      'CPUs used by processes that live less than a second.',
    ),
    record(
      `instance:santabpf_short_lived_cpu:rate${rate}`,
      `sum without (${identity.list}, parent, user) (instance_${identity.level('parent', 'user')}:santabpf_short_lived_cpu:rate${rate})`,
    ),
    record(
      `instance:santabpf_short_lived_cpu:ratio${rate}`,
      `instance:santabpf_short_lived_cpu:rate${rate} / santabpf_cpus_online`,
      'Their share of all CPU time.',
    ),
    record(
      `instance:santabpf_short_lived_cpu:wanted${rate}`,
      promql`
        instance:santabpf_short_lived_cpu:ratio${rate}
          * (1 + clamp_max(instance:santabpf_tasks_waiting_per_cpu:rate${rate}, ${waiting}) and instance:santabpf_cpu_busy:ratio${rate} > ${busy})
          or
        instance:santabpf_short_lived_cpu:ratio${rate}
      `,
      `The share that they would use if no task waited for a CPU: as much again for each task that waits per CPU, up to ${waiting} times.`,
    ),
    recordUsual(
      'instance:santabpf_short_lived_cpu:usual',
      `instance:santabpf_short_lived_cpu:ratio${rate}`,
      'share of the CPU time used by such processes',
    ),
    record(
      `instance:santabpf_short_lived_cpu_per_process:rate${rate}`,
      promql`
        instance:santabpf_short_lived_cpu:rate${rate}
          / (sum without (${identity.list}, parent, user) (rate(santabpf_short_lived_processes_total[${rate}])) > 0)
      `,
      'CPU seconds that each of them uses, on average.',
    ),
    {
      alert: 'SantaShortLivedJobs',
      why: '25 % on, 15 % off. Compilers are short-lived too, but work: a tenth of a second each, on average. Below 5 ms a process mostly starts and ends, which costs about a millisecond, and one process for many items would save it. Where tasks wait for busy CPUs, nobody gets what they want: 20 % was measured at a load of 17 on two CPUs, for what uses 40 % without other load. So each task that waits per CPU lowers the level, to 10 % at the lowest. The price: longer processes that are started in vain are not reported.',
      expr: promql`
        (
          (${unusual(`instance:santabpf_short_lived_cpu:ratio${rate}`, 'instance:santabpf_short_lived_cpu:usual', times)} and instance:santabpf_short_lived_cpu:wanted${rate} > ${on})
            or
          (instance:santabpf_short_lived_cpu:ratio${rate} and ${whileFiring('SantaShortLivedJobs', `instance:santabpf_short_lived_cpu:wanted${rate}`, '>', { on, off })})
        )
          and
        instance:santabpf_short_lived_cpu_per_process:rate${rate} < ${seconds}
      `,
      scenario: 'short_lived_jobs',
      probe: 'short_lived',
      dashboard: 'processes',
      flameGraph: true,
      summary: 'Short-lived processes use the CPUs of {{ $labels.instance }}',
      description: [
        'Processes that live less than a second use {{ $value | humanizePercentage }} of the CPU time of {{ $labels.instance }}',
        `${phrase('100 * instance:santabpf_short_lived_cpu:usual{job=%q,instance=%q}', ' (usual: {{ printf "%.0f%%" .Value }})')}${phrase(`instance:santabpf_tasks_waiting_per_cpu:rate${rate}{job=%q,instance=%q} >= 1`, ' while {{ printf "%.0f" .Value }} tasks wait for each CPU')}${phrase(`sum without (${identity.list}, parent, user) (rate(santabpf_short_lived_processes_total{job=%q,instance=%q}[${rate}]))`, ', {{ printf "%.0f" .Value }} processes a second')}${phrase(`instance:santabpf_short_lived_cpu_per_process:rate${rate}{job=%q,instance=%q}`, ', {{ .Value | humanizeDuration }} of CPU time each')}. Process lists such as top rarely show them. Top ${identity.nouns} (${identity.hasCommand ? '← parent, user' : 'and users'}), by share:`,
        topShares(
          `instance_${identity.level('parent', 'user')}:santabpf_short_lived_cpu:rate${rate}`,
          `instance:santabpf_short_lived_cpu:rate${rate}`,
          [...identity.labels, 'parent', 'user'],
          identity.hasCommand
            ? `${identity.who('.Labels')} ← {{ .Labels.parent }} ({{ .Labels.user }})`
            : identity.whoAndUser('.Labels'),
        ),
        hottestFunctions,
      ],
    },
  ],
);
