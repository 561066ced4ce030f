import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

const exits = 'santabpf_service_exits_total';
const noExits = 'No service or container ended';

export const serviceExits: Section = {
  title: 'Service and container exits',
  collapsed: true,
  bands: [
    band(
      8,
      [
        8,
        lines({
          title: `Service exits by ${who}`,
          description: `The ten ${whose} whose services and containers ended most often in the time range, with any exit code or signal. Only main processes count.`,
          queries: [{ expr: topRate(exits, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noExits,
          runbooks: ['crash_loop'],
        }),
      ],
      [
        16,
        table({
          title: 'Service exits by cgroup, code and signal',
          description:
            'Main processes of services and containers that ended in the time range. The cgroup is the unit, container or pod. A stop shows as SIGTERM or SIGKILL, or as code 130 or 143.',
          labels: ['identity', 'parent', 'cgroup', 'code', 'signal'],
          columns: [column.count('Exits', `topk(20, ${increase(exits, `${who}, parent, cgroup, code, signal`)} > 0)`)],
          nothing: noExits,
          runbooks: ['crash_loop'],
        }),
      ],
    ),
  ],
};
