import { whileFiring } from '../conditions.js';
import { phrase } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';
import { recordUsual, unusual } from '../usual.js';
import { cpuUsers } from './cpu_users.js';

export const cpuHigh = define(
  { SantaCpuHigh: { on: share, off: share, waiting: amount, times: amount } },
  ({ identity, rate, SantaCpuHigh: { on, off, waiting, times } }) => {
    const busy = `instance:santabpf_cpu_busy:ratio${rate}`;
    const usualBusy = 'instance:santabpf_cpu_busy:usual4h';
    const usualWaits = 'instance:santabpf_tasks_waiting_per_cpu:usual';
    const waits = `instance:santabpf_tasks_waiting_per_cpu:rate${rate}`;
    return [
      record(
        `instance_${identity.level()}:santabpf_cpu_seconds:rate${rate}`,
        `rate(santabpf_cpu_seconds_total[${rate}])`,
        'CPUs in use.',
      ),
      record(
        `instance:santabpf_cpu_seconds:rate${rate}`,
        `sum without (${identity.list}) (instance_${identity.level()}:santabpf_cpu_seconds:rate${rate})`,
      ),
      record(busy, `instance:santabpf_cpu_seconds:rate${rate} / santabpf_cpus_online`, 'Share of the CPU time in use.'),
      record(
        usualBusy,
        promql`
          max without (past) (
            label_replace(avg_over_time(${busy}[4h] offset 4h) and ${busy} offset 5h, "past", "before", "", "")
              or
            label_replace(avg_over_time(${busy}[4h] offset 1d), "past", "day", "", "")
              or
            label_replace(avg_over_time(${busy}[4h] offset 7d), "past", "week", "", "")
          )
        `,
        'The usual share: the highest mean of the four hours before the last four (an hour of which must be known), of yesterday and of a week ago.',
      ),
      record(
        waits,
        `rate(santabpf_runqueue_wait_seconds_sum[${rate}]) / santabpf_cpus_online`,
        'Tasks that wait for a CPU, on average, per CPU.',
      ),
      recordUsual(usualWaits, waits, 'number of tasks that wait for each CPU'),
      {
        alert: 'SantaCpuHigh',
        why: "Usage alone is no harm: a build is meant to use every CPU. So either work waits, or the usage has no precedent and no end. Three tasks waiting for each CPU are a load of four per CPU, the level of Netdata's load_average_5 (health.d/load.conf). A mean of four hours excludes a build, a backup or a test run. The price: a process that loops and delays nothing is reported after three to four hours, and not at all if it began before the host was monitored. 85 % on, 75 % off: the levels of Netdata's 10min_cpu_usage (health.d/cpu.conf), which raised the alarm of the original SantaBPF.",
        expr: promql`
          (
            ${busy} > ${on}
              and
            (
              ${unusual(waits, usualWaits, times)} > ${waiting}
                or
              (avg_over_time(${busy}[4h]) > ${on} and ${usualBusy} < ${off})
            )
          )
            or
          ${whileFiring('SantaCpuHigh', busy, '>', { on, off })}
        `,
        scenario: 'cpu_high',
        probe: 'cpu_seconds',
        dashboard: 'cpu',
        flameGraph: true,
        summary: 'High CPU usage on {{ $labels.instance }}',
        description: [
          `{{ $value | humanizePercentage }} of the CPU time of {{ $labels.instance }} is in use${phrase(`100 * ${usualBusy}{job=%q,instance=%q}`, ' (usual: {{ printf "%.0f%%" .Value }})')}`,
          `${phrase(`${waits}{job=%q,instance=%q}`, ', and {{ printf "%.1f" .Value }} tasks wait for each CPU')}. Top ${identity.nouns}, by share:`,
          ...cpuUsers({ identity, rate }),
        ],
      },
    ];
  },
);
