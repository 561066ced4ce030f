import { highestOfDay, highestOfHour, usual } from '../conditions.js';
import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const permissionStorm = define(
  { SantaPermissionStorm: { on: amount, times: amount } },
  ({ identity, rate, events, SantaPermissionStorm }) => [
    record(
      `instance_${identity.level('user', 'syscall')}:santabpf_denied_syscalls:rate${rate}`,
      `sum without (errno) (rate(santabpf_refused_syscalls_total{errno=~"EACCES|EPERM",syscall!~"epoll_ctl|access|faccessat2?"}[${rate}]))`,
      'epoll_ctl returns EPERM for regular files: Node.js and Go try that, and continue. access only asks for a right.',
    ),
    record(
      `instance:santabpf_denied_syscalls:rate${rate}`,
      `sum without (${identity.list}, user, syscall) (instance_${identity.level('user', 'syscall')}:santabpf_denied_syscalls:rate${rate})`,
    ),
    record('instance:santabpf_denied_syscalls:max1h', highestOfHour(`instance:santabpf_denied_syscalls:rate${rate}`)),
    {
      alert: 'SantaPermissionStorm',
      why: '10 per second: a host that ran the tests of this project had 0.2. For three minutes: a person who searches the whole disk gets as many, for a minute. Where the past is known, also three times the usual rate of the hour, and more than the highest of the day before, when the same job may have been refused as often. A new host has no past yet.',
      expr: promql`
          instance:santabpf_denied_syscalls:rate${rate} > ${SantaPermissionStorm.on}
            unless
          instance:santabpf_denied_syscalls:rate${rate} <= ${SantaPermissionStorm.times} * ${usual(`instance:santabpf_denied_syscalls:rate${rate}`, events)}
            unless
          instance:santabpf_denied_syscalls:rate${rate} <= ${highestOfDay('instance:santabpf_denied_syscalls:max1h')}
            and on (job, instance)
          santabpf_build_info offset ${events}
        `,
      scenario: 'permission_storm',
      probe: 'syscalls',
      dashboard: 'security',
      summary: 'Many refused system calls on {{ $labels.instance }}',
      description: [
        `{{ $value | printf "%.0f" }} system calls a second are refused (EACCES, EPERM) on {{ $labels.instance }}. By ${identity.noun}, user and call:`,
        top(
          `100 * instance_${identity.level('user', 'syscall')}:santabpf_denied_syscalls:rate${rate}{job=%q,instance=%q} / on (job, instance) group_left () instance:santabpf_denied_syscalls:rate${rate} >= 1`,
          `- ${identity.whoAndUser('.Labels')}, {{ .Labels.syscall }}: {{ printf "%.0f%%" .Value }}`,
        ),
      ],
    },
  ],
);
