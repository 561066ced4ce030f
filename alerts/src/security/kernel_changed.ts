import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { commands } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const kernelChanged = define(
  { SantaKernelChanged: { commands } },
  ({ identity, events, eventsText, SantaKernelChanged }) => {
    const changes = `instance_kind_type_name_${identity.level('user', 'login')}:santabpf_kernel_changes:increase${events}`;
    const byPeople = `${changes}{login!="none",type!="CGROUP_DEVICE"}`;
    const byOthers = promql`
      ${byPeople}
        or
      ${changes}{
        command!~"${SantaKernelChanged.commands}"
      }
    `;
    return [
      record(changes, increase('santabpf_kernel_changes_total', events)),
      {
        alert: 'SantaKernelChanged',
        why: 'One change is enough. The list to edit: programs that load modules for new devices, and programs that use BPF all day. When a person logged in, they are excepted only for device rules of a cgroup, which `podman run` loads: `sudo modprobe x` is reported.',
        expr: promql`
          sum by (job, instance, kind, ${identity.list}, user, login) (
            ${identity.hasCommand ? byOthers : byPeople}
          ) > 0
        `,
        scenario: 'kernel_changed',
        probe: 'kernel_changes',
        dashboard: 'security',
        summary: `${identity.who('$labels')} loaded code into the kernel of {{ $labels.instance }}`,
        description: [
          `${identity.who('$labels')}, run by {{ $labels.user }}{{ if ne $labels.login "none" }} (logged in as {{ $labels.login }}){{ end }}, loaded {{ $value }} {{ if eq $labels.kind "module" }}kernel module{{ else }}BPF program{{ end }}{{ if ne $value 1.0 }}s{{ end }} within ${eventsText} on {{ $labels.instance }}:`,
          top(
            `${changes}{job=%q,instance=%q,kind=%q,${identity.same},user=%q,login=%q} > 0`,
            '- {{ .Labels.name }}{{ if ne .Labels.kind "module" }} ({{ .Labels.type }}){{ end }}: {{ .Value }}',
          ),
        ],
      },
    ];
  },
);
