import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { define, record } from '../rule.js';

export const filesExhausted = define({ SantaFilesExhausted: {} }, ({ rate, events, eventsText }) => [
  record(
    `instance_command_user_syscall_errno:santabpf_exhausted_syscalls:increase${events}`,
    increase(
      'santabpf_refused_syscalls_total{errno=~"EMFILE|ENFILE|ENOSPC|EDQUOT",syscall!~"bpf|perf_event_open"}',
      events,
    ),
  ),
  {
    alert: 'SantaFilesExhausted',
    why: 'These errors persist, and the next call fails too, so one is enough. The command that fails may not be the one that used the resource up, so where the resource is shared the text also lists its largest users.',
    expr: `sum without (syscall) (instance_command_user_syscall_errno:santabpf_exhausted_syscalls:increase${events}) > 0`,
    scenario: 'files_exhausted',
    probe: 'syscalls',
    dashboard: 'files-io',
    summary:
      '{{ $labels.command }} is out of disk space or descriptors on {{ $labels.instance }} ({{ $labels.errno }})',
    description: [
      `{{ $labels.command }}, run by {{ $labels.user }}, failed {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} within ${eventsText} on {{ $labels.instance }}:`,
      '{{- if eq $labels.errno "EMFILE" }} it reached its limit of open descriptors',
      '{{- else if eq $labels.errno "ENFILE" }} the host reached fs.file-max',
      `{{- else if eq $labels.errno "EDQUOT" }} its user's disk quota is used up`,
      '{{- else }} the file system has no space or no inodes left{{ end }} ({{ $labels.errno }}). System calls:',
      top(
        `instance_command_user_syscall_errno:santabpf_exhausted_syscalls:increase${events}{job=%q,instance=%q,command=%q,user=%q,errno=%q} > 0`,
        '- {{ .Labels.syscall }}: {{ .Value }}',
      ),
      '{{- if eq $labels.errno "ENFILE" }}',
      'Top commands by opens:',
      top(
        `sum without (errno) (rate(santabpf_file_opens_total{job=%q,instance=%q}[${rate}]))`,
        '- {{ .Labels.command }}: {{ printf "%.0f" .Value }}/s',
      ),
      '{{- else if ne $labels.errno "EMFILE" }}',
      `{{- with query (printf \`sort_desc(topk(5, instance_command_operation:santabpf_read_write_bytes:rate${rate}{job=%q,instance=%q,operation="write"} > 0))\` $labels.job $labels.instance) }}`,
      'Top commands by bytes written:',
      '{{- range . }}',
      '- {{ .Labels.command }}: {{ .Value | humanize1024 }}B/s',
      '{{- end }}',
      '{{- end }}',
      '{{- end }}',
    ],
  },
]);
