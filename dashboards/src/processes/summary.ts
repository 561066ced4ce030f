import { band, type Section } from '../grid.js';
import { type Stat, stat, steps } from '../panels/index.js';
import { increase, orZero, rate } from '../query.js';
import { unit } from '../units.js';
import { execs } from './executions.js';
import { forks, kills } from './forks_and_exits.js';
import { callErrors, calls } from './syscalls.js';

const crashes = 'signal=~"SIGSEGV|SIGABRT|SIGBUS|SIGILL|SIGFPE|SIGSYS"';

export const execRate: Stat = {
  title: 'Executions',
  description: 'Programs executed per second.',
  expr: orZero('execs', rate(execs, '')),
  unit: unit.perSecond,
};

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [6, stat(execRate)],
      [
        6,
        stat({
          title: 'Forks',
          description: 'Processes and threads created per second.',
          expr: orZero('forks', rate(forks, '')),
          unit: unit.perSecond,
        }),
      ],
      [
        6,
        stat({
          title: 'Crashes',
          description: 'Processes that SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE or SIGSYS ended in the time range.',
          expr: orZero('exits', increase(kills, '', '$__range', crashes)),
          unit: unit.number,
          decimals: 0,
          steps: steps.expectNone,
        }),
      ],
      [
        6,
        stat({
          title: 'Failed system calls',
          description:
            'Share of all system calls that returned an error. A few percent are usual: many programs look for files that do not exist.',
          expr: `${orZero('syscalls', rate(callErrors, ''))} / ${rate(calls, '')}`,
          unit: unit.share,
        }),
      ],
    ),
  ],
};
