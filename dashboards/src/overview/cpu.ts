import { runnableTasks, runQueueLatency, wait } from '../cpu/run_queue.js';
import { busyShare, cpusInUse } from '../cpu/usage.js';
import { column, steps } from '../panels/index.js';
import { quantile, who, whose } from '../query.js';
import { unit } from '../units.js';
import { area } from './area.js';

export const cpuArea = area({
  title: 'CPU and scheduling',
  details: 'santabpf-cpu',
  numbers: [
    {
      title: 'CPU usage, busiest host',
      description: 'Share of the time of all its CPUs that the busiest selected host was busy.',
      expr: `max(${busyShare})`,
      unit: unit.share,
      decimals: 0,
      steps: steps.fullness,
    },
    {
      ...runQueueLatency,
      description: 'One in a hundred waits for a CPU took at least this long, on the worst selected host.',
      expr: `max(${quantile(0.99, wait, 'instance')})`,
    },
    runnableTasks,
  ],
  top: {
    title: `Top ${whose} by CPU`,
    description: `The five ${whose} that use the most CPUs now.`,
    labels: ['identity', 'instance'],
    columns: [column.number('CPUs', `topk(5, ${cpusInUse(`${who}, instance`)} > 0)`, 3)],
    nothing: 'All CPUs are idle',
  },
});
