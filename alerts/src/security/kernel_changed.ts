import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { commands } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const kernelChanged = define(
  { SantaKernelChanged: { commands } },
  ({ events, eventsText, SantaKernelChanged }) => [
    record(
      `instance_kind_type_name_command_user_login:santabpf_kernel_changes:increase${events}`,
      increase('santabpf_kernel_changes_total', events),
    ),
    {
      alert: 'SantaKernelChanged',
      why: 'One change is enough. The list to edit: programs that load modules for new devices, and programs that use BPF all day. None is excepted when a person logged in: `sudo modprobe x` is reported.',
      expr: promql`
          sum by (job, instance, kind, command, user, login) (
            instance_kind_type_name_command_user_login:santabpf_kernel_changes:increase${events}{login!="none"}
              or
            instance_kind_type_name_command_user_login:santabpf_kernel_changes:increase${events}{
              command!~"${SantaKernelChanged.commands}"
            }
          ) > 0
        `,
      scenario: 'kernel_changed',
      probe: 'kernel_changes',
      dashboard: 'security',
      summary: '{{ $labels.command }} loaded code into the kernel of {{ $labels.instance }}',
      description: [
        `{{ $labels.command }}, run by {{ $labels.user }}{{ if ne $labels.login "none" }} (logged in as {{ $labels.login }}){{ end }}, loaded {{ $value }} {{ if eq $labels.kind "module" }}kernel module{{ else }}BPF program{{ end }}{{ if ne $value 1.0 }}s{{ end }} within ${eventsText} on {{ $labels.instance }}:`,
        top(
          `instance_kind_type_name_command_user_login:santabpf_kernel_changes:increase${events}{job=%q,instance=%q,kind=%q,command=%q,user=%q,login=%q} > 0`,
          '- {{ .Labels.name }}{{ if ne .Labels.kind "module" }} ({{ .Labels.type }}){{ end }}: {{ .Value }}',
        ),
      ],
    },
  ],
);
