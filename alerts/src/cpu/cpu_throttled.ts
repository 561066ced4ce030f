import { hysteresis } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const cpuThrottled = define(
  { SantaCpuThrottled: { on: share, off: share, periods: amount } },
  ({ rate, SantaCpuThrottled }) => [
    record(
      `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}`,
      `clamp_max(rate(santabpf_cgroup_cpu_throttled_periods_total[${rate}]) / (rate(santabpf_cgroup_cpu_periods_total[${rate}]) > 0), 1)`,
      'Share of the periods with demand in which the quota was used up. Clamped, because two rates of a young series can exceed 1.',
    ),
    {
      alert: 'SantaCpuThrottled',
      why: "25 % is the level of kubernetes-mixin's CPUThrottlingHigh. That one waits 15 minutes, because a job that runs one second per hour may be throttled in all of its few periods. Here the number of throttled periods excludes such a job: one per second is a tenth of the usual 100 ms periods. Off at 15 %.",
      expr: promql`
          (
            ${hysteresis('SantaCpuThrottled', `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}`, '>', SantaCpuThrottled, 'cgroup')}
          )
            and
          rate(santabpf_cgroup_cpu_throttled_periods_total[${rate}]) > ${SantaCpuThrottled.periods}
        `,
      scenario: 'cpu_throttled',
      probe: 'cpu_throttling',
      dashboard: 'cpu',
      summary: '{{ $labels.cgroup }} on {{ $labels.instance }} is throttled by its CPU quota',
      description: [
        '{{ $labels.cgroup }} used up its CPU quota in {{ $value | humanizePercentage }} of its periods on {{ $labels.instance }}',
        `${phrase('santabpf_cgroup_cpu_quota_seconds{job=%q,instance=%q,cgroup=%q} / santabpf_cgroup_cpu_period_seconds', ' (limit: {{ printf "%.2f" .Value }} CPUs)')}. Throttled cgroups on this host, by share of their periods:`,
        top(
          `100 * instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}{job=%q,instance=%q} >= 1`,
          '- {{ .Labels.cgroup }}: {{ printf "%.0f%%" .Value }}',
        ),
      ],
    },
  ],
);
