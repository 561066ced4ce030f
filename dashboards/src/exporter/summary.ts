import { band, type Section } from '../grid.js';
import { column, type Stat, stat, steps, table } from '../panels/index.js';
import { increase, rate, select } from '../query.js';
import { unit } from '../units.js';
import { costSeconds, entrySeconds, runSeconds } from './cost.js';
import { fullness, lostUpdates, missedRuns } from './loss.js';
import { readTime, scrapeTime } from './scrapes.js';

const perProbe = (expr: string) => `sum by (instance, probe) (${expr})`;

const states = ['down', 'suspended', 'unsupported', 'up'];

/** Without the exporter's own programs, which have no state. */
const ofProbes = (expr: string) => `${expr} and on (instance, probe) ${select('santabpf_probe_state')}`;

/** The state of a probe as its place in `states`. */
const stateNumber = perProbe(
  states.map((state, index) => `${index} * ${select('santabpf_probe_state', `state="${state}"`)}`).join(' or '),
);

export const exportersDown: Stat = {
  title: 'Exporters down',
  description: 'Targets that Prometheus cannot scrape. Nothing is known about these hosts.',
  expr: `sum(${select('up')} == bool 0)`,
  unit: unit.number,
  steps: steps.expectNone,
};

export const probesDown: Stat = {
  title: 'Probes down',
  description:
    'Probes that failed, although this host should run them: their panels are empty. The landing page of the exporter (/) says why.',
  expr: `sum(${select('santabpf_probe_state', 'state="down"')})`,
  unit: unit.number,
  steps: steps.expectNone,
};

export const programCost: Stat = {
  title: 'Exporter CPU',
  description:
    'Share of one CPU that the exporter costs, BPF programs included, on the host where it costs the most. The budget is 3 % by default.',
  expr: `max(${rate(costSeconds, 'instance')})`,
  unit: unit.share,
  decimals: 2,
  steps: [
    [0.03, 'orange'],
    [0.1, 'red'],
  ],
};

export const fullestMap: Stat = {
  title: 'Fullest map',
  description: 'Share of the entries in use. A full map counts further keys as "other".',
  expr: `max(${fullness})`,
  unit: unit.share,
  decimals: 0,
  steps: steps.fullness,
};

export const slowestScrape: Stat = {
  title: 'Slowest scrape',
  description: 'Longest scrape as Prometheus measured it, network included.',
  expr: `max(${select(scrapeTime)})`,
  unit: unit.seconds,
  steps: [
    [1, 'orange'],
    [5, 'red'],
  ],
};

export const summary: Section = {
  title: 'Summary',
  bands: [
    band(
      5,
      [4, stat(exportersDown)],
      [4, stat(probesDown)],
      [4, stat(programCost)],
      [4, stat(fullestMap)],
      [4, stat(slowestScrape)],
      [
        4,
        stat({
          title: 'Failed reloads',
          description:
            'Hosts whose configuration file has errors: their next start will fail. --config.check lists the errors.',
          expr: `sum(${select('santabpf_config_last_reload_successful')} == bool 0)`,
          unit: unit.number,
          steps: steps.expectNone,
        }),
      ],
    ),
    band(9, [
      24,
      table({
        title: 'Probes',
        description:
          'Probes that are down come first; unsupported is what the host cannot run. Read time is how long the last scrape took to read and decode the maps. CPU and budget are shares of one CPU. Lost updates and missed runs are those of the time range.',
        labels: ['instance', 'probe'],
        columns: [
          column.state('State', stateNumber, { ...states }, [
            [1, 'orange'],
            [2, 'text'],
            [3, 'green'],
          ]),
          column.state('Last read', perProbe(select('santabpf_scrape_success')), { 0: 'failed', 1: 'OK' }),
          column.seconds('Read time', perProbe(select(readTime))),
          column.count('Samples', perProbe(select('santabpf_series'))),
          column.share(
            'CPU',
            ofProbes(perProbe(`rate(${select(runSeconds)}[$__range]) + rate(${select(entrySeconds)}[$__range])`)),
            3,
          ),
          column.share('Budget', perProbe(select('santabpf_probe_budget_ratio')), 3),
          column.count('Lost updates', ofProbes(increase(lostUpdates, 'instance, probe'))),
          column.count('Missed runs', ofProbes(increase(missedRuns, 'instance, probe'))),
        ],
        sortBy: 'State',
        ascending: true,
        runbooks: ['watcher_blind'],
      }),
    ]),
  ],
};
