import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const crashLoop = define({ SantaCrashLoop: { on: amount } }, ({ events, eventsText, SantaCrashLoop }) => [
  record(
    `instance_command_signal:santabpf_process_kills:increase${events}`,
    increase('santabpf_process_kills_total', events),
  ),
  {
    alert: 'SantaCrashLoop',
    why: 'Five: a pod in CrashLoopBackOff ends that often in its first five minutes (delays of 10, 20, 40 and 80 s), and a systemd unit reaches StartLimitBurst. The window of five minutes is the hysteresis.',
    expr: `instance_command_signal:santabpf_process_kills:increase${events}{signal=~"SIG(SEGV|ABRT|BUS|ILL|FPE|SYS|TRAP|KILL)"} >= ${SantaCrashLoop.on}`,
    scenario: 'crash_loop',
    probe: 'exits',
    dashboard: 'processes',
    summary: '{{ $labels.command }} keeps crashing on {{ $labels.instance }}',
    description: [
      `{{ $labels.signal }} ended {{ $labels.command }} {{ $value }} times within ${eventsText} on {{ $labels.instance }}. Processes ended by a signal on this host:`,
      top(
        `instance_command_signal:santabpf_process_kills:increase${events}{job=%q,instance=%q} > 0`,
        '- {{ .Labels.command }}: {{ .Value }} by {{ .Labels.signal }}',
      ),
    ],
  },
]);
