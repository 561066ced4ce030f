import { band, type Section } from '../grid.js';
import { type Stat, stat, steps } from '../panels/index.js';
import { increase, orZero, quantile, rate } from '../query.js';
import { unit } from '../units.js';
import { kills } from './oom.js';
import { duration, freed, noStalls, stalled } from './reclaim.js';

export const oomKills: Stat = {
  title: 'OOM kills',
  description: 'Processes that the kernel killed in the time range because a cgroup or the host was out of memory.',
  expr: orZero('oom_kills', increase(kills, '')),
  unit: unit.number,
  decimals: 0,
  steps: steps.expectNone,
  runbooks: ['memory_exhausted'],
};

export const stalledTasks: Stat = {
  title: 'Tasks stalled in reclaim',
  description: 'Average number of tasks that must free memory before they get any (direct reclaim).',
  expr: orZero('memory_reclaim', rate(stalled, '')),
  unit: unit.number,
  decimals: 2,
  steps: [
    [0.25, 'orange'],
    [0.5, 'red'],
  ],
  runbooks: ['memory_exhausted'],
};

export const reclaimStall: Stat = {
  title: 'Reclaim stall (p99)',
  description: 'One in a hundred stalls in direct reclaim took at least this long.',
  expr: quantile(0.99, duration),
  unit: unit.seconds,
  steps: steps.delay,
  nothing: noStalls,
};

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [6, stat(oomKills)],
      [6, stat(stalledTasks)],
      [6, stat(reclaimStall)],
      [
        6,
        stat({
          title: 'Memory freed by stalled tasks',
          description: 'Memory per second freed by direct reclaim. Background reclaim (kswapd) is not included.',
          expr: orZero('memory_reclaim', rate(freed, '')),
          unit: unit.bytesPerSecond,
        }),
      ],
    ),
  ],
};
