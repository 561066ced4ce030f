import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { increase, who } from '../query.js';
import { unit } from '../units.js';

export const changes = 'santabpf_kernel_changes_total';
const noChanges = 'No module or BPF program was loaded';

export const kernelChanges: Section = {
  title: 'Kernel changes',
  bands: [
    band(
      9,
      [
        8,
        lines({
          title: `Kernel code loaded by ${who}`,
          description: 'Modules and BPF programs loaded per interval of the graph, by the command that loaded them.',
          queries: [{ expr: increase(changes, `${who}, kind`, '$__rate_interval'), legend: '{{identity}} {{kind}}' }],
          unit: unit.count,
          style: 'bars',
          nothing: noChanges,
          runbooks: ['kernel_changed'],
        }),
      ],
      [
        16,
        table({
          title: 'Modules and BPF programs loaded',
          description:
            'In the time range. Type is that of a BPF program. systemd and container runtimes load small programs with every service and container.',
          labels: ['identity', 'login', 'kind', 'type', 'name', 'instance'],
          columns: [
            column.count('Loads', `topk(50, ${increase(changes, `${who}, login, kind, type, name, instance`)} > 0)`),
          ],
          nothing: noChanges,
          runbooks: ['kernel_changed'],
        }),
      ],
    ),
  ],
};
