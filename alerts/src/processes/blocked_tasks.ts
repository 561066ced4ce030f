import { phrase, top } from '../notification.js';
import { define, record } from '../rule.js';

export const blockedTasks = define({ SantaTasksBlocked: {} }, () => [
  record('instance_command:santabpf_blocked_tasks:sum', 'sum without (function, thread) (santabpf_blocked_tasks)'),
  {
    alert: 'SantaTasksBlocked',
    why: "Ten seconds are the probe's threshold (shortest_ns); thirty more tolerate one slow fsync(). The kernel's khungtaskd logs after 120 s.",
    expr: 'instance_command:santabpf_blocked_tasks:sum > 0',
    scenario: 'blocked_tasks',
    probe: 'blocked_tasks',
    dashboard: 'processes',
    summary: '{{ $labels.command }} is blocked in uninterruptible sleep on {{ $labels.instance }}',
    description: [
      'Tasks of {{ $labels.command }} blocked in uninterruptible sleep (D) for more than 10 s on {{ $labels.instance }}: {{ $value }}',
      `${phrase('santabpf_blocked_longest_seconds{job=%q,instance=%q,command=%q}', ', the longest for {{ .Value | humanizeDuration }}')}. Blocked tasks on this host, by kernel function:`,
      top(
        'sum without (thread) (santabpf_blocked_tasks{job=%q,instance=%q}) > 0',
        '- {{ .Labels.command }} in {{ .Labels.function }}: {{ .Value }}',
      ),
    ],
  },
]);
