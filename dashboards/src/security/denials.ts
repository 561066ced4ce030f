import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

export const refused = 'santabpf_refused_syscalls_total';

/** epoll_ctl refuses regular files to every program, which then does without: not a matter of rights. */
export const denied = ['errno=~"EACCES|EPERM"', 'syscall!="epoll_ctl"'];

const noDenials = 'No permission denials';

export const denials: Section = {
  title: 'Denied system calls',
  bands: [
    band(
      9,
      [
        10,
        lines({
          title: `Permission denials by ${who} and user`,
          description:
            'The ten pairs of command and user denied most in the time range. epoll_ctl is excluded: it refuses regular files to every program.',
          queries: [{ expr: topRate(refused, `${who}, user`, ...denied), legend: '{{identity}} ({{user}})' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noDenials,
          runbooks: ['permission_storm'],
        }),
      ],
      [
        14,
        table({
          title: 'Permission denials by system call',
          description: `In the time range. Unknown ${whose}, or find and grep, may be an intruder who explores the host.`,
          labels: ['identity', 'user', 'syscall', 'errno', 'instance'],
          columns: [
            column.count(
              'Denials',
              `topk(50, ${increase(refused, `${who}, user, syscall, errno, instance`, '$__range', ...denied)} > 0)`,
            ),
          ],
          nothing: noDenials,
          runbooks: ['permission_storm'],
        }),
      ],
    ),
  ],
};
