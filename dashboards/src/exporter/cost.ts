import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { average, ofTop, rate, select } from '../query.js';
import { unit } from '../units.js';

export const runSeconds = 'santabpf_program_run_seconds_total';
const runs = 'santabpf_program_runs_total';
export const entrySeconds = 'santabpf_program_entry_seconds_total';
export const costSeconds = 'santabpf_cost_seconds_total';
const by = 'probe, program';

export const cost: Section = {
  title: 'Cost of the BPF programs',
  bands: [
    band(9, [
      24,
      lines({
        title: 'CPU usage and budget',
        description:
          'Share of one CPU that the exporter costs each host: programs, the entry of their hooks, and its process. The budget is that of the configuration; hosts without one show none.',
        queries: [
          { expr: rate(costSeconds, 'instance'), legend: '{{instance}}' },
          { expr: `max by (instance) (${select('santabpf_budget_ratio')})`, legend: '{{instance}}: budget' },
        ],
        unit: unit.share,
        runbooks: ['watcher_expensive'],
      }),
    ]),
    band(
      9,
      [
        12,
        lines({
          title: 'CPU by probe',
          description:
            'Share of one CPU that the programs of each probe use, and the kernel to reach them, all selected hosts together.',
          queries: [{ expr: `${rate(runSeconds, 'probe')} + ${rate(entrySeconds, 'probe')}`, legend: '{{probe}}' }],
          unit: unit.share,
          style: 'stacked',
        }),
      ],
      [
        12,
        lines({
          title: 'Run time by program',
          description:
            'Average time of one run; the ten programs with the most CPU time. It depends on the kernel and on cold caches, and should not grow.',
          queries: [
            {
              expr: ofTop(10, runSeconds, by, `${rate(runSeconds, by)} / (${rate(runs, by)} > 0)`),
              legend: '{{probe}} {{program}}',
            },
          ],
          unit: unit.seconds,
          log: true,
        }),
      ],
    ),
    band(
      9,
      [
        12,
        table({
          title: 'Programs',
          description: 'Averages over the time range: share of one CPU, runs per second, time of one run.',
          labels: ['probe', 'program'],
          columns: [
            column.share('CPU', `${average(runSeconds, by)} > 0`, 3),
            column.perSecond('Runs', `${average(runs, by)} > 0`),
            column.seconds('Run time', `${average(runSeconds, by)} / (${average(runs, by)} > 0) > 0`),
          ],
        }),
      ],
      [
        12,
        lines({
          title: 'Runs by probe',
          description: 'How often the programs of each probe ran.',
          queries: [{ expr: rate(runs, 'probe'), legend: '{{probe}}' }],
          unit: unit.perSecond,
        }),
      ],
    ),
  ],
};
