import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

const fileOpens = 'santabpf_file_opens_total';
export const openFailures = 'santabpf_file_open_failures_total';
const refused = 'santabpf_refused_syscalls_total';

const noFailures = 'No failed opens';

export const opens: Section = {
  title: 'File opens',
  collapsed: true,
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: `Opens by ${who}`,
          description: `The ten ${whose} that opened the most files in the time range.`,
          queries: [{ expr: topRate(fileOpens, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: 'No file opens',
        }),
      ],
      [
        8,
        lines({
          title: 'Failed opens by error',
          description: 'ENOSPC, EMFILE, ENFILE, EDQUOT: a resource is exhausted. EACCES, EPERM: permission denied.',
          queries: [{ expr: rate(openFailures, 'errno'), legend: '{{errno}}' }],
          unit: unit.perSecond,
          style: 'bars',
          nothing: noFailures,
          runbooks: ['files_exhausted', 'permission_storm'],
        }),
      ],
      [
        8,
        table({
          title: `Failed opens by ${who}`,
          description: `Opens that failed in the time range, by ${who} and error.`,
          labels: ['identity', 'errno'],
          columns: [column.count('Failed', `topk(50, ${increase(openFailures, `${who}, errno`)} > 0)`)],
          nothing: noFailures,
          runbooks: ['files_exhausted', 'permission_storm'],
        }),
      ],
    ),
    band(8, [
      24,
      table({
        title: 'Out of disk space or descriptors',
        description:
          'System calls that failed in the time range because a resource was exhausted. ENOSPC: the file system; EDQUOT: a quota; EMFILE: the descriptors of the process; ENFILE: those of the host.',
        labels: ['identity', 'user', 'syscall', 'errno', 'instance'],
        columns: [
          column.count(
            'Failed',
            `topk(50, ${increase(refused, `${who}, user, syscall, errno, instance`, '$__range', 'errno=~"ENOSPC|EDQUOT|EMFILE|ENFILE"')} > 0)`,
          ),
        ],
        nothing: 'No exhausted resource',
        runbooks: ['files_exhausted'],
      }),
    ]),
  ],
};
