import { whileFiring } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';
import { recordUsual, unusual } from '../usual.js';

export const cpuThrottled = define(
  { SantaCpuThrottled: { on: share, off: share, periods: amount, times: amount } },
  ({ rate, SantaCpuThrottled: { on, off, periods, times } }) => [
    record(
      `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}`,
      `clamp_max(rate(santabpf_cgroup_cpu_throttled_periods_total[${rate}]) / (rate(santabpf_cgroup_cpu_periods_total[${rate}]) > 0), 1)`,
      'Share of the periods with demand in which the quota was used up. Clamped, because two rates of a young series can exceed 1.',
    ),
    recordUsual(
      'instance_cgroup:santabpf_cgroup_cpu_throttled:usual',
      `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}`,
      'share of throttled periods of a cgroup',
    ),
    {
      alert: 'SantaCpuThrottled',
      why: "kubernetes-mixin's CPUThrottlingHigh begins at 25 % and waits 15 minutes. A healthy service with bursts is throttled in a quarter to a half of its periods: measured, 43 %. In more than half of them, for 15 minutes, it lacks CPU time more often than not; a runtime that starts up takes less time. One throttled period per second, a tenth of the usual 100 ms periods, excludes a job that runs for moments. Off at 25 %. The price: a service below one half that cares about latency; set `on` for it, or watch the dashboard.",
      expr: promql`
          (
            ${unusual(`instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}`, 'instance_cgroup:santabpf_cgroup_cpu_throttled:usual', times)} > ${on}
              or
            ${whileFiring('SantaCpuThrottled', `instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}`, '>', { on, off }, 'cgroup')}
          )
            and
          rate(santabpf_cgroup_cpu_throttled_periods_total[${rate}]) > ${periods}
        `,
      scenario: 'cpu_throttled',
      probe: 'cpu_throttling',
      dashboard: 'cpu',
      summary: '{{ $labels.cgroup }} on {{ $labels.instance }} is throttled by its CPU quota',
      description: [
        '{{ $labels.cgroup }} used up its CPU quota in {{ $value | humanizePercentage }} of its periods on {{ $labels.instance }}',
        `${phrase('100 * instance_cgroup:santabpf_cgroup_cpu_throttled:usual{job=%q,instance=%q,cgroup=%q}', ' (usual: {{ printf "%.0f%%" .Value }})')}${phrase('santabpf_cgroup_cpu_quota_seconds{job=%q,instance=%q,cgroup=%q} / santabpf_cgroup_cpu_period_seconds', '. Its limit is {{ printf "%.2f" .Value }} CPUs')}. Throttled cgroups on this host, by share of their periods:`,
        top(
          `100 * instance_cgroup:santabpf_cgroup_cpu_throttled:ratio${rate}{job=%q,instance=%q} >= 1`,
          '- {{ .Labels.cgroup }}: {{ printf "%.0f%%" .Value }}',
        ),
      ],
    },
  ],
);
