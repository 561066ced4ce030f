import { hysteresis } from '../conditions.js';
import { top } from '../notification.js';
import { share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const cpuHigh = define({ SantaCpuHigh: { on: share, off: share } }, ({ rate, SantaCpuHigh }) => [
  record(
    `instance_command:santabpf_cpu_seconds:rate${rate}`,
    `rate(santabpf_cpu_seconds_total[${rate}])`,
    'CPUs in use.',
  ),
  record(
    `instance:santabpf_cpu_seconds:rate${rate}`,
    `sum without (command) (instance_command:santabpf_cpu_seconds:rate${rate})`,
  ),
  record(
    `instance:santabpf_cpu_busy:ratio${rate}`,
    `instance:santabpf_cpu_seconds:rate${rate} / santabpf_cpus_online`,
    'Share of the CPU time in use.',
  ),
  {
    alert: 'SantaCpuHigh',
    why: "85 % on, 75 % off: the levels of Netdata's 10min_cpu_usage (health.d/cpu.conf), which raised the alarm of the original SantaBPF.",
    expr: hysteresis('SantaCpuHigh', `instance:santabpf_cpu_busy:ratio${rate}`, '>', SantaCpuHigh),
    scenario: 'cpu_high',
    probe: 'cpu_seconds',
    dashboard: 'cpu',
    summary: 'High CPU usage on {{ $labels.instance }}',
    description: [
      '{{ $value | humanizePercentage }} of the CPU time of {{ $labels.instance }} is in use. Top commands, by share:',
      top(
        `100 * instance_command:santabpf_cpu_seconds:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_cpu_seconds:rate${rate} >= 1`,
        '- {{ .Labels.command }}: {{ printf "%.0f%%" .Value }}',
      ),
    ],
  },
]);
