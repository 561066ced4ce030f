import { severity } from '../parameter_kinds.js';
import { type Alert, define } from '../rule.js';
import { goOnFailing, limitedCalls } from './limited_calls.js';

export const inotifyLimitReached = define(
  { SantaInotifyLimitReached: { repeated: severity } },
  ({ identity, rate, rateSeconds, events, eventsText, SantaInotifyLimitReached }) => {
    const limited = limitedCalls(events, identity);
    const failed = `(${limited}{errno="EMFILE",syscall=~"inotify_init1?"} or ${limited}{errno="ENOSPC",syscall="inotify_add_watch"})`;
    const alert: Omit<Alert, 'expr'> = {
      alert: 'SantaInotifyLimitReached',
      scenario: 'files_exhausted',
      probe: 'syscalls',
      dashboard: 'files-io',
      summary: `${identity.who('$labels')} cannot watch files on {{ $labels.instance }}`,
      description: [
        `{{ $labels.syscall }} of ${identity.who('$labels')}, run by {{ $labels.user }}, failed {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} with {{ $labels.errno }} within ${eventsText} on {{ $labels.instance }}.`,
        '{{- if eq $labels.syscall "inotify_add_watch" }} Its user has no inotify watches left (fs.inotify.max_user_watches). No disk is full.',
        '{{- else }} Its user has no inotify instances left (fs.inotify.max_user_instances), or the process no descriptors.{{ end }}',
      ],
    };
    return [
      {
        ...alert,
        why: 'Most programs then look at the files from time to time. Those that cannot go on failing.',
        expr: `${failed} > 0`,
      },
      {
        ...alert,
        severity: SantaInotifyLimitReached.repeated,
        for: rateSeconds + 60,
        expr: `(${goOnFailing(failed, rate, identity)}) > 0`,
      },
    ];
  },
);
