import { happenedBefore, increase } from '../conditions.js';
import { phrase, top } from '../notification.js';
import { severity } from '../parameter_kinds.js';
import { type Alert, define, record } from '../rule.js';
import { promql } from '../text.js';

export const oomKills = define(
  { SantaOomKill: {}, SantaHostOutOfMemory: { repeated: severity } },
  ({ SantaHostOutOfMemory, identity, ...windows }) => {
    const { events, eventsText } = windows;
    const kills = `instance_${identity.level('cgroup', 'limit', 'requester')}:santabpf_oom_kills:increase${events}`;
    const memory = `instance_${identity.level('cgroup', 'limit', 'requester')}:santabpf_oom_killed_memory_bytes:increase${events}`;
    const killsOfHost = `${kills}{limit="host"}`;
    const where = { scenario: 'memory_exhausted', probe: 'oom_kills', dashboard: 'memory' };
    const requester = identity.hasCommand ? ', requested by {{ .Labels.requester }}' : '';
    const victims = top(
      `${kills}{job=%q,instance=%q} > 0`,
      `- ${identity.who('.Labels')}${identity.hasPlace ? '' : ' in {{ .Labels.cgroup }}'}${requester}: {{ .Value }}`,
      phrase(
        `${memory}{job=%q,instance=%q,${identity.same},cgroup=%q,limit=%q,requester=%q}`,
        ', {{ .Value | humanize1024 }}B in total',
        '.Labels',
      ),
    );
    const outOfMemory: Omit<Alert, 'expr' | 'summary'> = {
      ...where,
      alert: 'SantaHostOutOfMemory',
      description: [
        `{{ $labels.instance }} had no memory left: within ${eventsText} the kernel killed {{ if eq $value 1.0 }}a process{{ else }}{{ $value }} processes{{ end }}, the largest first. Victims on this host:`,
        victims,
      ],
    };
    return [
      record(kills, increase('santabpf_oom_kills_total', events)),
      record(memory, increase('santabpf_oom_killed_memory_bytes_total', events)),
      {
        ...where,
        alert: 'SantaOomKill',
        why: 'One kill is enough to notify. It is a warning: the limit was set on purpose, and the rest of the host is fine.',
        expr: `sum without (requester) (${kills}{limit="cgroup"}) > 0`,
        summary: `${identity.who('$labels')} was OOM-killed at a memory limit on {{ $labels.instance }}`,
        description: [
          `${identity.who('$labels')} was killed {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} within ${eventsText} on {{ $labels.instance }}: its cgroup {{ $labels.cgroup }}, or a parent, reached its memory limit. Victims on this host:`,
          victims,
        ],
      },
      {
        ...outOfMemory,
        why: 'No one set this limit, and the kernel kills the largest process of the host. Once is a warning: the memory of the victims is free again.',
        expr: `sum without (${identity.list}, cgroup, requester) (${killsOfHost}) > 0`,
        summary: '{{ $labels.instance }} ran out of memory',
      },
      {
        ...outOfMemory,
        why: 'The kills did not help for an hour: the host has too little memory for what runs on it. One shortage may kill several processes, but at once.',
        severity: SantaHostOutOfMemory.repeated,
        expr: promql`
          sum without (${identity.list}, cgroup, requester) (${killsOfHost}) > 0
            and
          ${happenedBefore(killsOfHost, windows)}
        `,
        summary: '{{ $labels.instance }} ran out of memory again',
      },
    ];
  },
);
