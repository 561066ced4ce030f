import { whileFiring } from '../conditions.js';
import { phrase } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';
import { recordUsual, unusual } from '../usual.js';
import { cpuUsers } from './cpu_users.js';

export const runQueueSaturated = define(
  { SantaRunQueueSaturated: { on: amount, off: amount, busy: share, times: amount } },
  ({ identity, rate, SantaRunQueueSaturated: { on, off, busy, times } }) => [
    record(
      `instance:santabpf_runqueue_wait:p99_${rate}`,
      `histogram_quantile(0.99, rate(santabpf_runqueue_wait_seconds_bucket[${rate}]))`,
      'p99 of the wait for a CPU, in seconds.',
    ),
    recordUsual(
      'instance:santabpf_runqueue_wait:usual_p99',
      `instance:santabpf_runqueue_wait:p99_${rate}`,
      'p99 of the wait for a CPU',
    ),
    record(
      `instance:santabpf_tasks_waiting:rate${rate}`,
      `rate(santabpf_runqueue_wait_seconds_sum[${rate}])`,
      'Tasks that wait for a CPU, on average.',
    ),
    {
      alert: 'SantaRunQueueSaturated',
      why: "62 ms on, 31 ms off, both bounds of the histogram: twenty and ten slices of 3 ms, the scheduler's base_slice_ns on 8 CPUs or more. A build with a job more than CPUs was measured at 30 ms. A throttled task waits for its quota, not for a CPU, so the CPUs must be busy. The price: tasks that wait for one CPU, to which they are pinned, are not reported while the others are idle.",
      expr: promql`
        (
          ${unusual(`instance:santabpf_runqueue_wait:p99_${rate}`, 'instance:santabpf_runqueue_wait:usual_p99', times)} > ${on}
            or
          ${whileFiring('SantaRunQueueSaturated', `instance:santabpf_runqueue_wait:p99_${rate}`, '>', { on, off })}
        )
          and
        instance:santabpf_cpu_busy:ratio${rate} > ${busy}
      `,
      scenario: 'run_queue_saturated',
      probe: 'runqlat',
      dashboard: 'cpu',
      flameGraph: true,
      summary: 'Tasks wait for a CPU on {{ $labels.instance }}',
      description: [
        'The p99 wait for a CPU is {{ $value | humanizeDuration }} on {{ $labels.instance }}',
        `${phrase('instance:santabpf_runqueue_wait:usual_p99{job=%q,instance=%q}', ' (usual: {{ .Value | humanizeDuration }})')}${phrase(`instance:santabpf_tasks_waiting:rate${rate}{job=%q,instance=%q}`, '; {{ printf "%.1f" .Value }} tasks wait on average')}. Top ${identity.nouns} by CPU:`,
        ...cpuUsers({ identity, rate }),
      ],
    },
  ],
);
