import { hottestFunctions } from '../flame_graph.js';
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
    const own = identity.labels.map((label, index) => `${label}=%[${index + 2}]q`).join(',');
    const total = `sum(${stalled}{%[1]s})`;
    const earlier = `sum(${stalled}{%[1]s} offset 1h)`;
    const before = `100 * sum(${stalled}{%[1]s,${own}} offset 1h) / (${total} > ${earlier} or ${earlier}) or 0 * ${earlier}`;
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
        flameGraph: true,
        summary:
          'Tasks stalled in memory reclaim {{ if $labels.cgroup }}in {{ $labels.cgroup }} {{ end }}on {{ $labels.instance }}',
        description: [
          `{{ $value | printf "%.1f" }} tasks on average are stalled in memory reclaim on {{ $labels.instance }}: {{ if $labels.cgroup }}{{ $labels.cgroup }} or a cgroup above it is at its memory limit{{ else }}the host has too little memory{{ end }}. ${capitalized(identity.nouns)}, by share of that time:`,
          '{{- $where := printf `job=%q,instance=%q,limit=%q` $labels.job $labels.instance $labels.limit }}',
          '{{- if $labels.cgroup }}{{ $where = printf `%s,cgroup=%q` $where $labels.cgroup }}{{ end }}',
          `{{- range query (printf \`sort_desc(topk(5, 100 * sum by (${identity.list}) (${stalled}{%[1]s}) / on () group_left () ${total} >= 1))\` $where) }}`,
          `- ${identity.who('.Labels')}: {{ printf "%.0f%%" .Value }}`,
          `{{- range query (printf \`${before}\` $where${identity.labels.map((label) => ` .Labels.${label}`).join('')}) }} (an hour ago: {{ printf "%.0f%%" .Value }}){{ end }}`,
          '{{- end }}',
          hottestFunctions,
        ],
      },
    ];
  },
);
