import { band, type Section } from '../grid.js';
import { column, lines, type Stat, steps, table } from '../panels/index.js';
import { increase, rate, select } from '../query.js';
import { unit } from '../units.js';

export const missedRuns = 'santabpf_program_missed_runs_total';
export const lostUpdates = 'santabpf_lost_updates_total';
const droppedSeries = 'santabpf_series_dropped_total';
const decodeErrors = 'santabpf_decode_errors_total';
const lostCgroups = 'santabpf_cgroup_changes_lost_total';

const entries = select('santabpf_map_entries');
const maxEntries = select('santabpf_map_max_entries');
const ofMap = (expression: string) => `sum by (instance, probe, map) (${expression})`;

/** Share of the entries of each map in use. Arrays are not among them: they never fill up. */
export const fullness = `${entries} / ${maxEntries}`;
const fullest = `topk(50, ${fullness})`;
/** At the end of the time range, or they would change from point to point. */
const fullestProbes = `topk(10, max by (probe) (${entries} @ end() / ${maxEntries} @ end()))`;

export const missedEvents: Stat = {
  title: 'Missed events',
  description:
    'Lost map updates, missed program runs, dropped series and undecodable entries per second. Above 0 some metrics are incomplete.',
  expr: [lostUpdates, missedRuns, droppedSeries, decodeErrors].map((metric) => rate(metric, '')).join(' + '),
  unit: unit.perSecond,
  steps: [[0.001, 'orange']],
  runbooks: ['watcher_blind'],
};

export const loss: Section = {
  title: 'Lost data',
  collapsed: true,
  bands: [
    band(
      8,
      [
        8,
        lines({
          title: 'Lost updates',
          description:
            'Updates that found a map full, per interval of the graph. Totals stay exact; the detail is in "other". Raise max_entries of the map.',
          queries: [
            { expr: `${increase(lostUpdates, 'probe, map', '$__rate_interval')} > 0`, legend: '{{probe}} {{map}}' },
          ],
          unit: unit.count,
          style: 'bars',
          nothing: 'No lost updates',
          runbooks: ['watcher_blind'],
        }),
      ],
      [
        8,
        lines({
          title: 'Missed runs',
          description:
            'Program runs that the kernel skipped, per interval of the graph: their events were not counted.',
          queries: [
            {
              expr: `${increase(missedRuns, 'probe, program', '$__rate_interval')} > 0`,
              legend: '{{probe}} {{program}}',
            },
          ],
          unit: unit.count,
          style: 'bars',
          nothing: 'No missed runs',
        }),
      ],
      [
        8,
        lines({
          title: 'Dropped series, decode errors, lost names',
          description:
            'Since the exporter started: growth of label sets over the limit of their metric, counted as "other", entries that could not be decoded, and changes of cgroups that were not followed. Often all appear at the first scrape.',
          queries: [
            { expr: `sum by (metric) (${select(droppedSeries)}) > 0`, legend: '{{metric}} dropped' },
            { expr: `sum by (metric) (${select(decodeErrors)}) > 0`, legend: '{{metric}} not decoded' },
            { expr: `sum(${select(lostCgroups)}) > 0`, legend: 'cgroup changes not followed' },
          ],
          unit: unit.count,
          nothing: 'No dropped series, decode errors or lost names',
        }),
      ],
    ),
    band(
      8,
      [
        14,
        table({
          title: 'Maps',
          description: 'The fifty fullest maps: share of the entries in use, entries in use, and the limit.',
          labels: ['instance', 'probe', 'map'],
          columns: [
            column.share('Used', ofMap(fullest), 1, steps.fullness),
            column.count('Entries', ofMap(`${entries} and ${fullest}`)),
            column.count('Limit', ofMap(`${maxEntries} and ${fullest}`)),
          ],
        }),
      ],
      [
        10,
        lines({
          title: 'Map usage by probe',
          description: 'The fullest map of each probe; the ten fullest now. A map that reaches 100 % loses detail.',
          queries: [{ expr: `max by (probe) (${fullness}) and on (probe) ${fullestProbes}`, legend: '{{probe}}' }],
          unit: unit.share,
          max: 1,
          runbooks: ['watcher_blind'],
        }),
      ],
    ),
  ],
};
