import { increase } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { define, record } from '../rule.js';

export const oomKills = define({ SantaOomKill: {}, SantaHostOutOfMemory: {} }, ({ events, eventsText }) => [
  record(
    `instance_command_cgroup_limit_requester:santabpf_oom_kills:increase${events}`,
    increase('santabpf_oom_kills_total', events),
  ),
  record(
    `instance_command_cgroup_limit_requester:santabpf_oom_killed_memory_bytes:increase${events}`,
    increase('santabpf_oom_killed_memory_bytes_total', events),
  ),
  {
    alert: 'SantaOomKill',
    why: 'One kill is enough to notify. It is a warning: the limit was set on purpose, and the rest of the host is fine.',
    expr: `sum without (requester) (instance_command_cgroup_limit_requester:santabpf_oom_kills:increase${events}{limit="cgroup"}) > 0`,
    scenario: 'memory_exhausted',
    probe: 'oom_kills',
    dashboard: 'memory',
    summary: '{{ $labels.command }} was OOM-killed at a memory limit on {{ $labels.instance }}',
    description: [
      `{{ $labels.command }} was killed {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} within ${eventsText} on {{ $labels.instance }}: its cgroup {{ $labels.cgroup }}, or a parent, reached its memory limit. Victims on this host:`,
      top(
        `instance_command_cgroup_limit_requester:santabpf_oom_kills:increase${events}{job=%q,instance=%q} > 0`,
        '- {{ .Labels.command }} in {{ .Labels.cgroup }}: {{ .Value }}',
        `${phrase(`instance_command_cgroup_limit_requester:santabpf_oom_killed_memory_bytes:increase${events}{job=%q,instance=%q,command=%q,cgroup=%q,limit=%q,requester=%q}`, ', {{ .Value | humanize1024 }}B in total', '.Labels')}, requested by {{ .Labels.requester }}`,
      ),
    ],
  },
  {
    alert: 'SantaHostOutOfMemory',
    why: 'No one set this limit. The kernel kills the largest process of the host, and may have to kill the next one.',
    expr: `sum without (command, cgroup, requester) (instance_command_cgroup_limit_requester:santabpf_oom_kills:increase${events}{limit="host"}) > 0`,
    scenario: 'memory_exhausted',
    probe: 'oom_kills',
    dashboard: 'memory',
    summary: '{{ $labels.instance }} ran out of memory',
    description: [
      `{{ $labels.instance }} had no memory left: within ${eventsText} the kernel killed {{ if eq $value 1.0 }}a process{{ else }}{{ $value }} processes{{ end }}, the largest first. Victims on this host:`,
      top(
        `instance_command_cgroup_limit_requester:santabpf_oom_kills:increase${events}{job=%q,instance=%q} > 0`,
        '- {{ .Labels.command }} in {{ .Labels.cgroup }}: {{ .Value }}',
        `${phrase(`instance_command_cgroup_limit_requester:santabpf_oom_killed_memory_bytes:increase${events}{job=%q,instance=%q,command=%q,cgroup=%q,limit=%q,requester=%q}`, ', {{ .Value | humanize1024 }}B in total', '.Labels')}, requested by {{ .Labels.requester }}`,
      ),
    ],
  },
]);
