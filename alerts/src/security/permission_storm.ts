import { usual } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const permissionStorm = define(
  { SantaPermissionStorm: { on: amount, times: amount } },
  ({ rate, events, SantaPermissionStorm }) => [
    record(
      `instance_command_user_syscall:santabpf_denied_syscalls:rate${rate}`,
      `sum without (errno) (rate(santabpf_refused_syscalls_total{errno=~"EACCES|EPERM",syscall!="epoll_ctl"}[${rate}]))`,
      'epoll_ctl returns EPERM for regular files: Node.js and Go try that, and continue.',
    ),
    record(
      `instance:santabpf_denied_syscalls:rate${rate}`,
      `sum without (command, user, syscall) (instance_command_user_syscall:santabpf_denied_syscalls:rate${rate})`,
    ),
    {
      alert: 'SantaPermissionStorm',
      why: '10 per second: a host that ran the tests of this project had 0.2. Where the past hour is known, also three times its rate.',
      expr: promql`
          instance:santabpf_denied_syscalls:rate${rate} > ${SantaPermissionStorm.on}
            unless
          instance:santabpf_denied_syscalls:rate${rate} <= ${SantaPermissionStorm.times} * ${usual(`instance:santabpf_denied_syscalls:rate${rate}`, events)}
        `,
      scenario: 'permission_storm',
      probe: 'syscalls',
      dashboard: 'security',
      summary: 'Many refused system calls on {{ $labels.instance }}',
      description: [
        '{{ $value | printf "%.0f" }} system calls a second are refused (EACCES, EPERM) on {{ $labels.instance }}. By command, user and call:',
        top(
          `100 * instance_command_user_syscall:santabpf_denied_syscalls:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_denied_syscalls:rate${rate} >= 1`,
          '- {{ .Labels.command }} ({{ .Labels.user }}), {{ .Labels.syscall }}: {{ printf "%.0f%%" .Value }}',
        ),
      ],
    },
  ],
);
