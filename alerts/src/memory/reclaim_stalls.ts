import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { capitalized, promql } from '../text.js';

export const reclaimStalls = define(
  { SantaMemoryReclaimStalls: { on: amount, off: amount } },
  ({ identity, rate, SantaMemoryReclaimStalls }) => {
    const stalled = `instance_${identity.level('cgroup', 'limit')}:santabpf_memory_reclaim_stall_seconds:rate${rate}`;
    const limits = promql`
      sum without (${identity.listWithout('cgroup')}) (${stalled}{limit="cgroup"})
        or
      sum without (${identity.list}, cgroup) (${stalled}{limit="host"})
    `;
    return [
      record(
        stalled,
        `rate(santabpf_memory_reclaim_stall_seconds_total[${rate}])`,
        'Seconds per second: tasks stalled, on average.',
      ),
      {
        alert: 'SantaMemoryReclaimStalls',
        why: "Half a task. Measured in a cgroup at its limit: 0.15 for a process that reads a large file at full speed, 0.45 for one that writes a file, 1.0 for two that share a mapped file larger than the limit. systemd-oomd starts to kill at 0.6 (DefaultMemoryPressureLimit=60%). Off at half of that. A cgroup's limit is judged per cgroup; a host's shortage is summed.",
        expr: promql`
          (
            ${limits}
          ) > ${SantaMemoryReclaimStalls.on}
            or
          (
            (
              ${limits}
            ) > ${SantaMemoryReclaimStalls.off}
              and on (job, instance, cgroup, limit)
            ALERTS{alertname="SantaMemoryReclaimStalls", alertstate="firing"}
          )
        `,
        scenario: 'memory_exhausted',
        probe: 'memory_reclaim',
        dashboard: 'memory',
        summary:
          'Tasks stalled in memory reclaim {{ if $labels.cgroup }}in {{ $labels.cgroup }} {{ end }}on {{ $labels.instance }}',
        description: [
          `{{ $value | printf "%.1f" }} tasks on average are stalled in memory reclaim on {{ $labels.instance }}: {{ if $labels.cgroup }}{{ $labels.cgroup }} or a cgroup above it is at its memory limit{{ else }}the host has too little memory{{ end }}. ${capitalized(identity.nouns)}, by share of that time:`,
          '{{- $where := printf `job=%q,instance=%q,limit=%q` $labels.job $labels.instance $labels.limit }}',
          '{{- if $labels.cgroup }}{{ $where = printf `%s,cgroup=%q` $where $labels.cgroup }}{{ end }}',
          `{{- range query (printf \`sort_desc(topk(5, 100 * sum by (${identity.list}) (${stalled}{%s}) / on () group_left () sum(${stalled}{%s}) >= 1))\` $where $where) }}`,
          `- ${identity.who('.Labels')}: {{ printf "%.0f%%" .Value }}`,
          '{{- end }}',
        ],
      },
    ];
  },
);
