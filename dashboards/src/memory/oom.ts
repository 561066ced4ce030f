import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, who } from '../query.js';
import { unit } from '../units.js';

export const kills = 'santabpf_oom_kills_total';
const killedBytes = 'santabpf_oom_killed_memory_bytes_total';

const noKills = 'No OOM kills';
const victim = `${who}, cgroup, limit, requester, instance`;
const mostKilled = `topk(20, ${increase(kills, victim)} > 0)`;

export const oom: Section = {
  title: 'Out of memory',
  bands: [
    band(
      9,
      [
        16,
        table({
          title: 'OOM kill victims',
          description:
            'Killed processes in the time range and the memory they had in total. Limit hit says what ran out: the memory of the host, or of a cgroup. Requester is the command that asked for more.',
          labels: ['identity', 'cgroup', 'limit', 'requester', 'instance'],
          columns: [
            column.count('Kills', mostKilled),
            column.bytes('Memory', `${increase(killedBytes, victim)} and on (${victim}) ${mostKilled}`),
          ],
          nothing: noKills,
          runbooks: ['memory_exhausted'],
        }),
      ],
      [
        8,
        lines({
          title: `OOM kills by ${who}`,
          description: `Processes killed per interval of the graph, by ${who} of the victim.`,
          queries: [{ expr: `${increase(kills, who, '$__rate_interval')} > 0`, legend: '{{identity}}' }],
          unit: unit.number,
          style: 'bars',
          nothing: noKills,
        }),
      ],
    ),
  ],
};
