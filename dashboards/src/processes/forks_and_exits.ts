import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, rate, topRate, who, whose } from '../query.js';
import { unit } from '../units.js';

export const forks = 'santabpf_forks_total';
export const kills = 'santabpf_process_kills_total';
const exits = 'santabpf_process_exits_total';

export const noForks = 'No forks';
const noKills = 'No process was killed by a signal';

export const forksAndExits: Section = {
  title: 'Forks and exits',
  collapsed: true,
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: `Forks by ${who}`,
          description: `The ten ${whose} that created the most processes and threads in the time range.`,
          queries: [{ expr: topRate(forks, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noForks,
          runbooks: ['fork_storm'],
        }),
      ],
      [
        8,
        lines({
          title: 'Forks by kind',
          description: 'Processes, threads and kernel threads.',
          queries: [{ expr: rate(forks, 'kind'), legend: '{{kind}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: noForks,
        }),
      ],
      [
        8,
        lines({
          title: 'Kills by signal',
          description:
            'Processes that a signal ended, per interval of the graph. An unexpected SIGKILL often comes from the OOM killer.',
          queries: [{ expr: increase(kills, 'signal', '$__rate_interval'), legend: '{{signal}}' }],
          unit: unit.count,
          style: 'bars',
          nothing: noKills,
          runbooks: ['crash_loop'],
        }),
      ],
    ),
    band(
      8,
      [
        8,
        lines({
          title: `Exits by ${who}`,
          description: `The ten ${whose} that exited most in the time range, with any exit code.`,
          queries: [{ expr: topRate(exits, who), legend: '{{identity}}' }],
          unit: unit.perSecond,
          style: 'stacked',
          nothing: 'No process exited',
        }),
      ],
      [
        8,
        table({
          title: 'Exits with an error code',
          description:
            'Exits in the time range with another code than 0. 127: the shell did not find the command; 126: it could not execute the command; above 128: a shell reports a signal.',
          labels: ['identity', 'code'],
          columns: [column.count('Exits', `topk(20, ${increase(exits, `${who}, code`, '$__range', 'code!="0"')} > 0)`)],
          nothing: 'No exit with an error code',
        }),
      ],
      [
        8,
        table({
          title: `Kills by ${who}`,
          description: 'Processes that a signal ended in the time range.',
          labels: ['identity', 'signal'],
          columns: [column.count('Kills', `topk(20, ${increase(kills, `${who}, signal`)} > 0)`)],
          nothing: noKills,
          runbooks: ['crash_loop'],
        }),
      ],
    ),
  ],
};
