import { increase } from '../conditions.js';
import { top } from '../notification.js';
import { commands } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const unexpectedPrivilege = define(
  { SantaUnexpectedPrivilege: { commands } },
  ({ identity, events, eventsText, SantaUnexpectedPrivilege }) => {
    const gains = `instance_${identity.level('user', 'login', 'way')}:santabpf_privilege_gains:increase${events}`;
    const withoutExec = `${gains}{way="without_exec"} > 0`;
    const through = identity.hasCommand ? 'through' : 'in';
    return [
      record(gains, increase('santabpf_privilege_gains_total', events)),
      {
        alert: 'SantaUnexpectedPrivilege',
        why: 'One gain is enough. The first half has a list to edit: set-user-ID programs that people are meant to use (those of Debian and Fedora; names are cut to 15 bytes). `find / -xdev -perm -4000 -user root` lists yours. The name is that of the file, not of a link to it, and only root can create a set-user-ID root file. The second half has no exceptions: no system call gives root to a process that has no right to it.',
        expr: !identity.hasCommand
          ? withoutExec
          : promql`
          ${gains}{
            way!="without_exec",
            login!="none",
            command!~"${SantaUnexpectedPrivilege.commands}"
          } > 0
            or
          ${withoutExec}
        `,
        scenario: 'unexpected_privilege',
        probe: 'privileges',
        dashboard: 'security',
        summary: `{{ $labels.user }} became root ${through} ${identity.who('$labels')} on {{ $labels.instance }}`,
        description: [
          `${identity.who('$labels')}, run by {{ $labels.user }}{{ if eq $labels.login "none" }} (a service, no login){{ else }} (logged in as {{ $labels.login }}){{ end }}, gained root privileges {{ if eq $value 1.0 }}once{{ else }}{{ $value }} times{{ end }} within ${eventsText} on {{ $labels.instance }}`,
          '{{- if eq $labels.way "setuid_file" }}: the file is set-user-ID root.',
          '{{- else if eq $labels.way "file_capabilities" }}: its file capabilities are equivalent to root.',
          '{{- else }} without executing a privileged program: a kernel exploit is likely.{{ end }} All privilege gains on this host:',
          top(
            `${gains}{job=%q,instance=%q} > 0`,
            `- ${identity.whoAndUser('.Labels')}: {{ .Value }} by {{ .Labels.way }}`,
          ),
        ],
      },
    ];
  },
);
