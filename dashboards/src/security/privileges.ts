import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, who } from '../query.js';
import { unit } from '../units.js';

export const gains = 'santabpf_privilege_gains_total';
export const noGains = 'No process gained root rights';

export const privileges: Section = {
  title: 'Root rights',
  bands: [
    band(
      9,
      [
        10,
        lines({
          title: `Root gained by ${who}`,
          description: 'Processes that gained root rights per interval of the graph, by program and method.',
          queries: [{ expr: increase(gains, `${who}, way`, '$__rate_interval'), legend: '{{identity}} {{way}}' }],
          unit: unit.count,
          style: 'bars',
          nothing: noGains,
          runbooks: ['unexpected_privilege'],
        }),
      ],
      [
        14,
        table({
          title: 'Root gained by user',
          description:
            'In the time range. Methods setuid_file and file_capabilities: the executed file grants the rights; without_exec: nothing grants them. Login is the user who logged in, whatever the user became since; none for services.',
          labels: ['identity', 'user', 'login', 'way', 'instance'],
          columns: [column.count('Count', `topk(50, ${increase(gains, `${who}, user, login, way, instance`)} > 0)`)],
          nothing: noGains,
          runbooks: ['unexpected_privilege'],
        }),
      ],
    ),
  ],
};
