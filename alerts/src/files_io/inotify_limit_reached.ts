import { severity } from '../parameter_kinds.js';
import { type Alert, define, record } from '../rule.js';
import { promql } from '../text.js';
import { watchCalls } from './exhausted_calls.js';

export const inotifyLimitReached = define(
  { SantaInotifyLimitReached: { repeated: severity } },
  ({ rate, rateSeconds, events, eventsText, SantaInotifyLimitReached }) => {
    const recorded = `instance_command_user_syscall_errno:santabpf_exhausted_watches:increase${events}`;
    const alert: Omit<Alert, 'expr'> = {
      alert: 'SantaInotifyLimitReached',
      scenario: 'files_exhausted',
      probe: 'syscalls',
      dashboard: 'files-io',
      summary: '{{ $labels.command }} cannot watch files on {{ $labels.instance }}',
      description: [
        `{{ $labels.syscall }} of {{ $labels.command }}, run by {{ $labels.user }}, failed {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} with {{ $labels.errno }} within ${eventsText} on {{ $labels.instance }}.`,
        '{{- if eq $labels.syscall "inotify_add_watch" }} Its user has no inotify watches left (fs.inotify.max_user_watches). No disk is full.',
        '{{- else }} Its user has no inotify instances left (fs.inotify.max_user_instances), or the process no descriptors.{{ end }}',
      ],
    };
    return [
      record(recorded, watchCalls.increase(events)),
      {
        ...alert,
        why: 'Most programs then look at the files from time to time. Those that cannot go on failing.',
        expr: `${recorded} > 0`,
      },
      {
        ...alert,
        severity: SantaInotifyLimitReached.repeated,
        for: rateSeconds + 60,
        expr: promql`
          ${recorded} > 0
            and on (job, instance, command, user, syscall, errno)
          ${watchCalls.rate(rate)} > 0
        `,
      },
    ];
  },
);
