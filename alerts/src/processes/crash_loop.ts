import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { amount, commands } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

/** Cgroups of logins and scheduled jobs, where no label names the parent: an identity without `command`. */
const attendedCgroups = '(.*/)?(user[.]slice|(sshd?|dropbear|crond?|anacron|atd)[.]service)(/.*)?';

export const crashLoop = define(
  { SantaCrashLoop: { on: amount, parents: commands } },
  ({ identity, events, eventsText, SantaCrashLoop: { on, parents } }) => {
    const kills = `instance_${identity.level('signal')}:santabpf_process_kills:increase${events}`;
    const services = `instance_${identity.level('parent', 'cgroup', 'code', 'signal')}:santabpf_service_exits:increase${events}`;
    const unattended = identity.hasCommand ? `parent!~"${parents}"` : `cgroup!~"${attendedCgroups}"`;
    const isService = identity.hasCommand ? 'if $labels.parent' : 'if not $labels.signal';
    const startedBy = identity.hasCommand ? ', started by {{ $labels.parent }}' : '';
    return [
      record(kills, increase('santabpf_process_kills_total', events)),
      record(services, increase('santabpf_service_exits_total', events)),
      {
        alert: 'SantaCrashLoop',
        why: 'Five: a pod in CrashLoopBackOff ends that often in its first five minutes (delays of 10, 20, 40 and 80 s), and a systemd unit reaches StartLimitBurst. The window of five minutes is the hysteresis. The first half is any process ended by a signal of its own fault. The second half is a service or container that fails in the same cgroup: an exit code, or SIGKILL without an OOM kill. 130 and 143 are those of a program that SIGINT or SIGTERM stopped. SIGKILL of other processes is no crash: `timeout -s KILL`, a test that cleans up.',
        expr: promql`
          sum by (job, instance, ${identity.list}, signal) (
            ${kills}{signal=~"SIG(SEGV|ABRT|BUS|ILL|FPE|SYS|TRAP)"}
          ) >= ${on}
            or
          sum by (job, instance, ${identity.list}, parent, cgroup) (
            ${services}{signal="none",code!~"0|130|143",${unattended}}
              or
            ${services}{signal="SIGKILL",${unattended}}
              unless on (job, instance, ${identity.list})
            (${increase('santabpf_oom_kills_total', events)}) > 0
          ) >= ${on}
        `,
        scenario: 'crash_loop',
        probe: 'exits',
        dashboard: 'processes',
        summary: `${identity.who('$labels')} keeps {{ ${isService} }}failing{{ else }}crashing{{ end }} on {{ $labels.instance }}`,
        description: [
          `{{ ${isService} -}}`,
          `${identity.who('$labels')}${startedBy}{{ if ne $labels.cgroup "/" }} in {{ $labels.cgroup }}{{ end }}${identity.hasCommand ? ',' : ''} failed {{ $value }} times within ${eventsText} on {{ $labels.instance }}. How it ended:`,
          top(
            `${services}{job=%q,instance=%q,${identity.same},parent=%q,cgroup=%q} > 0`,
            '- {{ if eq .Labels.signal "none" }}exit code {{ .Labels.code }}{{ else }}{{ .Labels.signal }}{{ end }}: {{ .Value }}',
          ),
          '{{- else -}}',
          `{{ $labels.signal }} ended ${identity.who('$labels')} {{ $value }} times within ${eventsText} on {{ $labels.instance }}. Processes ended by a signal on this host:`,
          top(`${kills}{job=%q,instance=%q} > 0`, `- ${identity.who('.Labels')}: {{ .Value }} by {{ .Labels.signal }}`),
          '{{- end }}',
        ],
      },
    ];
  },
);
