import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { amount, commands } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const crashLoop = define(
  { SantaCrashLoop: { on: amount, parents: commands } },
  ({ events, eventsText, SantaCrashLoop: { on, parents } }) => {
    const kills = `instance_command_signal:santabpf_process_kills:increase${events}`;
    const services = `instance_command_parent_cgroup_code_signal:santabpf_service_exits:increase${events}`;
    return [
      record(kills, increase('santabpf_process_kills_total', events)),
      record(services, increase('santabpf_service_exits_total', events)),
      {
        alert: 'SantaCrashLoop',
        why: 'Five: a pod in CrashLoopBackOff ends that often in its first five minutes (delays of 10, 20, 40 and 80 s), and a systemd unit reaches StartLimitBurst. The window of five minutes is the hysteresis. The first half is any process ended by a signal of its own fault. The second half is a service or container that fails in the same cgroup: an exit code, or SIGKILL without an OOM kill. 130 and 143 are those of a program that SIGINT or SIGTERM stopped. SIGKILL of other processes is no crash: `timeout -s KILL`, a test that cleans up.',
        expr: promql`
          sum by (job, instance, command, signal) (
            ${kills}{signal=~"SIG(SEGV|ABRT|BUS|ILL|FPE|SYS|TRAP)"}
          ) >= ${on}
            or
          sum by (job, instance, command, parent, cgroup) (
            ${services}{signal="none",code!~"0|130|143",parent!~"${parents}"}
              or
            ${services}{signal="SIGKILL",parent!~"${parents}"}
              unless on (job, instance, command)
            (${increase('santabpf_oom_kills_total', events)}) > 0
          ) >= ${on}
        `,
        scenario: 'crash_loop',
        probe: 'exits',
        dashboard: 'processes',
        summary:
          '{{ $labels.command }} keeps {{ if $labels.parent }}failing{{ else }}crashing{{ end }} on {{ $labels.instance }}',
        description: [
          '{{ if $labels.parent -}}',
          `{{ $labels.command }}, started by {{ $labels.parent }}{{ if ne $labels.cgroup "/" }} in {{ $labels.cgroup }}{{ end }}, failed {{ $value }} times within ${eventsText} on {{ $labels.instance }}. How it ended:`,
          top(
            `${services}{job=%q,instance=%q,command=%q,parent=%q,cgroup=%q} > 0`,
            '- {{ if eq .Labels.signal "none" }}exit code {{ .Labels.code }}{{ else }}{{ .Labels.signal }}{{ end }}: {{ .Value }}',
          ),
          '{{- else -}}',
          `{{ $labels.signal }} ended {{ $labels.command }} {{ $value }} times within ${eventsText} on {{ $labels.instance }}. Processes ended by a signal on this host:`,
          top(`${kills}{job=%q,instance=%q} > 0`, '- {{ .Labels.command }}: {{ .Value }} by {{ .Labels.signal }}'),
          '{{- end }}',
        ],
      },
    ];
  },
);
