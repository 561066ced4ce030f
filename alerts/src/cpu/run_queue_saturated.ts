import { hysteresis } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const runQueueSaturated = define(
  { SantaRunQueueSaturated: { on: amount, off: amount } },
  ({ rate, SantaRunQueueSaturated }) => [
    record(
      `instance:santabpf_runqueue_wait:p99_${rate}`,
      `histogram_quantile(0.99, rate(santabpf_runqueue_wait_seconds_bucket[${rate}]))`,
      'p99 of the wait for a CPU, in seconds.',
    ),
    record(
      `instance:santabpf_tasks_waiting:rate${rate}`,
      `rate(santabpf_runqueue_wait_seconds_sum[${rate}])`,
      'Tasks that wait for a CPU, on average.',
    ),
    {
      alert: 'SantaRunQueueSaturated',
      why: "31 ms on, 16 ms off, both bounds of the histogram: ten and five slices of 3 ms, the scheduler's base_slice_ns on 8 CPUs or more.",
      expr: hysteresis(
        'SantaRunQueueSaturated',
        `instance:santabpf_runqueue_wait:p99_${rate}`,
        '>',
        SantaRunQueueSaturated,
      ),
      scenario: 'run_queue_saturated',
      probe: 'runqlat',
      dashboard: 'cpu',
      summary: 'Tasks wait for a CPU on {{ $labels.instance }}',
      description: [
        'The p99 wait for a CPU is {{ $value | humanizeDuration }} on {{ $labels.instance }}',
        `${phrase(`instance:santabpf_tasks_waiting:rate${rate}{job=%q,instance=%q}`, '; {{ printf "%.1f" .Value }} tasks wait on average')}. Top commands by CPU:`,
        top(
          `100 * instance_command:santabpf_cpu_seconds:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_cpu_seconds:rate${rate} >= 1`,
          '- {{ .Labels.command }}: {{ printf "%.0f%%" .Value }}',
        ),
      ],
    },
  ],
);
