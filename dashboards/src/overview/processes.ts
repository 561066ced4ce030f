import { column, steps } from '../panels/index.js';
import { blocked } from '../processes/blocked_tasks.js';
import { forks, kills, noForks } from '../processes/forks_and_exits.js';
import { execRate } from '../processes/summary.js';
import { increase, orZero, select, who, whose } from '../query.js';
import { unit } from '../units.js';
import { area, topNow } from './area.js';

export const processesArea = area({
  title: 'Processes and system calls',
  details: 'santabpf-processes',
  numbers: [
    execRate,
    {
      title: 'Killed processes',
      description: 'Processes that a signal ended in the time range.',
      expr: orZero('exits', increase(kills, '')),
      unit: unit.number,
      decimals: 0,
    },
    {
      title: 'Blocked tasks',
      description: 'Tasks in uninterruptible sleep (state D) for longer than ten seconds.',
      expr: orZero('blocked_tasks', `sum(${select(blocked)})`),
      unit: unit.number,
      steps: steps.expectNone,
      runbooks: ['blocked_tasks'],
    },
  ],
  top: {
    title: `Top ${whose} by forks`,
    description: `The five ${whose} that create the most processes and threads now.`,
    labels: ['identity', 'instance'],
    columns: [column.perSecond('Forks', topNow(forks, `${who}, instance`))],
    nothing: noForks,
  },
});
