import { top } from '../notification.js';
import { commands, severity } from '../parameter_kinds.js';
import { type Alert, define, record } from '../rule.js';
import { promql } from '../text.js';
import { goOnFailing, limitedCalls } from './limited_calls.js';

const descriptorCalls =
  'open(at2?)?|creat|open_by_handle_at|socket(pair)?|accept4?|dup[23]?|fcntl|epoll_create1?|eventfd2?|signalfd4?|timerfd_create|memfd_create|memfd_secret|userfaultfd|pidfd_open|pidfd_getfd|fsopen|fsmount|fspick|open_tree|io_uring_setup';
const fileCalls =
  'write|writev|pwrite64|pwritev2?|fallocate|f?truncate|open(at2?)?|creat|mkdir(at)?|mknod(at)?|link(at)?|symlink(at)?|rename(at2?)?|f(data)?sync|sync_file_range|syncfs|msync|copy_file_range|sendfile|splice|close';

export const filesExhausted = define(
  { SantaFilesExhausted: { repeated: severity, commands } },
  ({ identity, rate, rateSeconds, events, eventsText, SantaFilesExhausted }) => {
    const recorded = `instance_${identity.level('user', 'syscall', 'errno')}:santabpf_exhausted_syscalls:increase${events}`;
    const limited = limitedCalls(events, identity);
    const alert: Omit<Alert, 'expr'> = {
      alert: 'SantaFilesExhausted',
      scenario: 'files_exhausted',
      probe: 'syscalls',
      dashboard: 'files-io',
      summary: `${identity.who('$labels')} ran out of {{ if eq $labels.errno "EMFILE" "ENFILE" }}file descriptors{{ else if eq $labels.errno "EDQUOT" }}disk quota{{ else }}disk space{{ end }} on {{ $labels.instance }} ({{ $labels.errno }})`,
      description: [
        `System calls of ${identity.who('$labels')}, run by {{ $labels.user }}, failed {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} within ${eventsText} on {{ $labels.instance }}.`,
        '{{- if eq $labels.errno "EMFILE" }} EMFILE means that the process reached its limit of open descriptors',
        '{{- else if eq $labels.errno "ENFILE" }} ENFILE means that the host reached fs.file-max',
        '{{- else if eq $labels.errno "EDQUOT" }} EDQUOT means that a disk quota is used up',
        '{{- else }} ENOSPC means that a file system has no space or no inodes left{{ end }}. System calls:',
        top(
          `${recorded}{job=%q,instance=%q,${identity.same},user=%q,errno=%q} > 0`,
          '- {{ .Labels.syscall }}: {{ .Value }}',
        ),
        '{{- if eq $labels.errno "ENFILE" }}',
        `Top ${identity.nouns} by opens:`,
        top(
          `sum without (errno) (rate(santabpf_file_opens_total{job=%q,instance=%q}[${rate}]))`,
          `- ${identity.who('.Labels')}: {{ printf "%.0f" .Value }}/s`,
        ),
        '{{- else if ne $labels.errno "EMFILE" }}',
        `{{- with query (printf \`sort_desc(topk(5, instance_${identity.level('operation')}:santabpf_read_write_bytes:rate${rate}{job=%q,instance=%q,operation="write"} > 0))\` $labels.job $labels.instance) }}`,
        `Top ${identity.nouns} by bytes written:`,
        '{{- range . }}',
        `- ${identity.who('.Labels')}: {{ .Value | humanize1024 }}B/s`,
        '{{- end }}',
        '{{- end }}',
        '{{- end }}',
      ],
    };
    return [
      record(
        recorded,
        promql`
          ${limited}{errno="EMFILE",syscall=~"${descriptorCalls}|pipe2?"${identity.exceptCommands(SantaFilesExhausted.commands)}}
            or
          ${limited}{errno="ENFILE",syscall=~"${descriptorCalls}"${identity.exceptCommands(SantaFilesExhausted.commands)}}
            or
          ${limited}{errno=~"ENOSPC|EDQUOT",syscall=~"${fileCalls}"${identity.exceptCommands(SantaFilesExhausted.commands)}}
        `,
        'Calls whose error means used up descriptors, disk space or quota. ENOSPC of setxattr is a value that is too large for its inode, of bpf a log that is too short, of semget and clone another limit; ENFILE of pipe is a limit of its user.',
      ),
      {
        ...alert,
        why: 'Once is a warning: a program may fill a file system on purpose, or try how many descriptors it gets. The command that fails may not be the one that used the resource up, so where the resource is shared the text also lists its largest users.',
        expr: `sum without (syscall) (${recorded}) > 0`,
      },
      {
        ...alert,
        why: 'The calls go on failing, longer than one burst stays in the window of a rate.',
        severity: SantaFilesExhausted.repeated,
        for: rateSeconds + 60,
        expr: `sum without (syscall) (${goOnFailing(recorded, rate, identity)}) > 0`,
      },
    ];
  },
);
