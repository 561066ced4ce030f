import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';
import { forks, noForks } from './forks_and_exits.js';

export const execs = 'santabpf_execs_total';
const execFailures = 'santabpf_exec_failures_total';

const noExecs = 'No executions';

export const executions: Section = {
  title: 'Program executions',
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: `Executions by ${who}`,
          description: `The ten ${whose} executed most in the time range, by the name that the process got.`,
          queries: [{ expr: topRate(execs, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noExecs,
        }),
      ],
      [
        8,
        lines({
          title: 'Executions by user',
          description: 'The ten real users that executed the most programs in the time range.',
          queries: [{ expr: topRate(execs, 'user'), legend: '{{user}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noExecs,
        }),
      ],
      [
        8,
        lines({
          title: 'Failed executions by error',
          description: 'Calls of execve that failed. A shell that searches the PATH causes some ENOENT.',
          queries: [{ expr: rate(execFailures, 'errno'), legend: '{{errno}}' }],
          unit: unit.perSecond,
          style: 'bars',
          nothing: 'No failed executions',
        }),
      ],
    ),
    band(
      8,
      [
        12,
        table({
          title: `Top ${whose} by executions`,
          description: `The twenty ${whose} executed most in the time range.`,
          labels: ['identity'],
          columns: [column.count('Executions', `topk(20, ${increase(execs, who)} > 0)`)],
          nothing: noExecs,
        }),
      ],
      [
        12,
        table({
          title: `Top ${whose} by forks`,
          description:
            'Processes, threads and kernel threads created in the time range, by the command that created them.',
          labels: ['identity', 'kind'],
          columns: [column.count('Forks', `topk(20, ${increase(forks, `${who}, kind`)} > 0)`)],
          nothing: noForks,
        }),
      ],
    ),
  ],
};
