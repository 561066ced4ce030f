import { hottestFunctions } from '../flame_graph.js';
import { phrase, top } from '../notification.js';
import { define, record } from '../rule.js';

export const blockedTasks = define({ SantaTasksBlocked: {} }, ({ identity }) => [
  record(
    `instance_${identity.level()}:santabpf_blocked_tasks:sum`,
    'sum without (function, thread) (santabpf_blocked_tasks)',
  ),
  {
    alert: 'SantaTasksBlocked',
    why: "Ten seconds are the probe's threshold (shortest_ns); a minute more tolerates slow fsync() calls and the flush of a slow disk. The kernel's khungtaskd logs after 120 s.",
    expr: `instance_${identity.level()}:santabpf_blocked_tasks:sum > 0`,
    scenario: 'blocked_tasks',
    probe: 'blocked_tasks',
    dashboard: 'processes',
    flameGraph: true,
    summary: `${identity.who('$labels')} is blocked in uninterruptible sleep on {{ $labels.instance }}`,
    description: [
      `Tasks of ${identity.who('$labels')} blocked in uninterruptible sleep (D) for more than 10 s on {{ $labels.instance }}: {{ $value }}`,
      `${phrase(`santabpf_blocked_longest_seconds{job=%q,instance=%q,${identity.same}}`, ', the longest for {{ .Value | humanizeDuration }}')}. Blocked tasks on this host, by kernel function:`,
      top(
        'sum without (thread) (santabpf_blocked_tasks{job=%q,instance=%q}) > 0',
        `- ${identity.who('.Labels')}${identity.hasPlace ? ', ' : ' in '}{{ .Labels.function }}: {{ .Value }}`,
        phrase(
          `sum without (thread) (santabpf_blocked_tasks{job=%q,instance=%q,${identity.same},function=%q} offset 1h) or on (job, instance) 0 * santabpf_build_info{job=%q,instance=%q} offset 1h`,
          ' (an hour ago: {{ .Value }})',
          '.Labels',
        ),
      ),
      hottestFunctions,
    ],
  },
]);
