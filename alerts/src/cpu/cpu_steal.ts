import { hysteresis } from '../conditions.js';
import { top } from '../notification.js';
import { share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const cpuSteal = define({ SantaCpuSteal: { on: share, off: share } }, ({ events, SantaCpuSteal }) => [
  record(
    `instance:santabpf_cpu_steal:ratio${events}`,
    `avg without (cpu) (rate(santabpf_cpu_steal_seconds_total[${events}]))`,
    'Share of the time of all CPUs that the hypervisor withheld.',
  ),
  {
    alert: 'SantaCpuSteal',
    why: '10 % on, 5 % off: Netdata (health.d/cpu.conf, 20min_steal_cpu) and awesome-prometheus-alerts (HostCpuStealNoisyNeighbor) warn at 10 %.',
    expr: hysteresis('SantaCpuSteal', `instance:santabpf_cpu_steal:ratio${events}`, '>', SantaCpuSteal),
    scenario: 'cpu_throttled',
    probe: 'cpu_throttling',
    dashboard: 'cpu',
    summary: 'CPU steal on {{ $labels.instance }}',
    description: [
      'The hypervisor withholds {{ $value | humanizePercentage }} of the CPU time of {{ $labels.instance }} (steal). By CPU:',
      top(
        `100 * rate(santabpf_cpu_steal_seconds_total{job=%q,instance=%q}[${events}]) >= 1`,
        '- cpu {{ .Labels.cpu }}: {{ printf "%.0f%%" .Value }}',
      ),
    ],
  },
]);
