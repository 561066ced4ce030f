import { duration, noStalls, stalled } from '../memory/reclaim.js';
import { oomKills, reclaimStall, stalledTasks } from '../memory/summary.js';
import { column } from '../panels/index.js';
import { quantile, who, whose } from '../query.js';
import { area, topNow } from './area.js';

export const memoryArea = area({
  title: 'Memory',
  details: 'santabpf-memory',
  numbers: [
    oomKills,
    stalledTasks,
    {
      ...reclaimStall,
      description: 'One in a hundred stalls in direct reclaim took at least this long, on the worst selected host.',
      expr: `max(${quantile(0.99, duration, 'instance')})`,
    },
  ],
  top: {
    title: `Top ${whose} stalled in reclaim`,
    description: `The five ${whose} with the most tasks stalled in direct reclaim now.`,
    labels: ['identity', 'cgroup', 'instance'],
    columns: [column.number('Tasks', topNow(stalled, `${who}, cgroup, instance`), 3)],
    nothing: noStalls,
  },
});
