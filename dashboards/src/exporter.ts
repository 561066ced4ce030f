import type { Dashboard } from './dashboard.js';
import { band } from './grid.js';
import { lines, stat, table } from './panels/index.js';
import { increase, rate, select } from './query.js';

const runSeconds = 'santabpf_program_run_seconds_total';
const runs = 'santabpf_program_runs_total';
const missed = 'santabpf_program_missed_runs_total';
const lost = 'santabpf_lost_updates_total';
const dropped = 'santabpf_series_dropped_total';
const undecoded = 'santabpf_decode_errors_total';
const readTime = 'santabpf_scrape_duration_seconds';

/** Entries of maps over the room for them; the maps of the kernel's arrays never fill up and are not among them. */
const fullness = `${select('santabpf_map_entries')} / ${select('santabpf_map_max_entries')}`;
const noExporter = 'No exporter was scraped';
const inRange = (metric: string) => `sum by (probe, program) (rate(${select(metric)}[$__range]))`;
const perProbe = (expr: string) => `sum by (instance, probe) (${expr})`;

export const exporter: Dashboard = {
  uid: 'santabpf-exporter',
  title: 'The exporter itself',
  description: 'Whether the watcher sees everything, and what watching costs.',
  sections: [
    {
      title: 'Now',
      bands: [
        band(
          5,
          [
            4,
            stat({
              title: 'Exporters down',
              description: 'Targets that Prometheus cannot scrape.',
              expr: `sum(${select('up')} == bool 0)`,
              unit: 'none',
              steps: [[1, 'red']],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Probes down',
              description: 'Probes that are configured but not attached. The page / of the exporter tells why.',
              expr: `sum(${select('santabpf_probe_up')} == bool 0)`,
              unit: 'none',
              steps: [[1, 'red']],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Cost in kernel',
              description:
                'Part of one CPU that the programs take in the kernel, on the host where they take most. 5 % is where to look closer.',
              expr: `max(${rate(runSeconds, 'instance')})`,
              unit: 'percentunit',
              decimals: 2,
              steps: [
                [0.05, 'orange'],
                [0.1, 'red'],
              ],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Fullest map',
              description: 'Entries over the room for them. A full map sums up what comes next as "other".',
              expr: `max(${fullness})`,
              unit: 'percentunit',
              decimals: 0,
              steps: [
                [0.8, 'orange'],
                [0.95, 'red'],
              ],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Slowest scrape',
              description: 'As Prometheus saw it, the way there and back included.',
              expr: `max(${select('scrape_duration_seconds')})`,
              unit: 's',
              steps: [
                [1, 'orange'],
                [5, 'red'],
              ],
              noValue: noExporter,
            }),
          ],
          [
            4,
            stat({
              title: 'Reloads that failed',
              description:
                'Hosts whose configuration on disk has faults: the next start will fail. --config.check lists them.',
              expr: `sum(${select('santabpf_config_last_reload_successful')} == bool 0)`,
              unit: 'none',
              steps: [[1, 'red']],
              noValue: noExporter,
            }),
          ],
        ),
        band(9, [
          24,
          table({
            title: 'Probes',
            runbooks: ['watcher_blind'],
            description:
              'One row per host and probe, those that are down first. Cost is of one CPU, read is how long the last scrape took to read and decode its maps.',
            labels: { instance: 'Host', probe: 'Probe' },
            columns: [
              {
                title: 'State',
                expr: perProbe(select('santabpf_probe_up')),
                unit: 'none',
                steps: [[1, 'green']],
                words: { 0: 'down', 1: 'up' },
              },
              {
                title: 'Last read',
                expr: perProbe(select('santabpf_scrape_success')),
                unit: 'none',
                words: { 0: 'failed', 1: 'good' },
              },
              { title: 'Read', expr: perProbe(select(readTime)), unit: 's' },
              { title: 'Series', expr: perProbe(select('santabpf_series')), unit: 'locale', decimals: 0 },
              {
                title: 'Cost',
                expr: perProbe(`rate(${select(runSeconds)}[$__range])`),
                unit: 'percentunit',
                decimals: 3,
              },
              { title: 'Lost', expr: increase(lost, 'instance, probe'), unit: 'locale', decimals: 0 },
              { title: 'Missed', expr: increase(missed, 'instance, probe'), unit: 'locale', decimals: 0 },
            ],
            sortBy: 'State',
            ascending: true,
            noValue: noExporter,
          }),
        ]),
      ],
    },
    {
      title: 'What watching costs',
      bands: [
        band(
          9,
          [
            12,
            lines({
              title: 'Cost by probe',
              description: 'Part of one CPU that the programs of each probe take, on all chosen hosts together.',
              queries: [{ expr: rate(runSeconds, 'probe'), legend: '{{probe}}' }],
              unit: 'percentunit',
              style: 'stacked',
              noValue: noExporter,
            }),
          ],
          [
            12,
            lines({
              title: 'Time of a run by program',
              description:
                'Average of one run. It depends on the kernel and on how cold the caches are, and should not grow.',
              queries: [
                {
                  expr: `${rate(runSeconds, 'probe, program')} / (${rate(runs, 'probe, program')} > 0)`,
                  legend: '{{probe}} {{program}}',
                },
              ],
              unit: 's',
              log: true,
              noValue: noExporter,
            }),
          ],
        ),
        band(
          9,
          [
            12,
            table({
              title: 'Programs',
              description: 'Averages of the shown time: part of one CPU, runs per second, time of a run.',
              labels: { probe: 'Probe', program: 'Program' },
              columns: [
                { title: 'Cost', expr: `${inRange(runSeconds)} > 0`, unit: 'percentunit', decimals: 3 },
                { title: 'Runs', expr: `${inRange(runs)} > 0`, unit: 'cps' },
                { title: 'One run', expr: `${inRange(runSeconds)} / (${inRange(runs)} > 0) > 0`, unit: 's' },
              ],
              noValue: noExporter,
            }),
          ],
          [
            12,
            lines({
              title: 'Runs by probe',
              description: 'How often the programs of each probe ran.',
              queries: [{ expr: rate(runs, 'probe'), legend: '{{probe}}' }],
              unit: 'cps',
              noValue: noExporter,
            }),
          ],
        ),
      ],
    },
    {
      title: 'What the watcher does not see',
      bands: [
        band(
          8,
          [
            8,
            lines({
              title: 'Lost updates',
              runbooks: ['watcher_blind'],
              description:
                'Updates that found a map full, in each interval. Totals stay right, the detail is in "other". Raise max_entries of the map.',
              queries: [
                { expr: `${increase(lost, 'probe, map', '$__rate_interval')} > 0`, legend: '{{probe}} {{map}}' },
              ],
              unit: 'short',
              style: 'bars',
              noValue: 'No update was lost',
            }),
          ],
          [
            8,
            lines({
              title: 'Missed runs',
              description: 'Runs that the kernel skipped, in each interval: events that were not counted.',
              queries: [
                {
                  expr: `${increase(missed, 'probe, program', '$__rate_interval')} > 0`,
                  legend: '{{probe}} {{program}}',
                },
              ],
              unit: 'short',
              style: 'bars',
              noValue: 'No run was missed',
            }),
          ],
          [
            8,
            lines({
              title: 'Series dropped, entries not decoded',
              description:
                'Series over the limit of their metric, summed up as "other", and entries that could not be decoded, since the exporter started: often all of them at the first scrape.',
              queries: [
                { expr: `sum by (metric) (${select(dropped)}) > 0`, legend: 'dropped of {{metric}}' },
                { expr: `sum by (metric) (${select(undecoded)}) > 0`, legend: 'not decoded of {{metric}}' },
              ],
              unit: 'short',
              noValue: 'Nothing was dropped, everything was decoded',
            }),
          ],
        ),
        band(
          8,
          [
            12,
            table({
              title: 'Maps',
              description: 'The fullest maps: entries, room, and their ratio.',
              labels: { instance: 'Host', probe: 'Probe', map: 'Map' },
              columns: [
                {
                  title: 'Full',
                  expr: `sum by (instance, probe, map) (topk(50, ${fullness}))`,
                  unit: 'percentunit',
                  decimals: 1,
                  steps: [
                    [0.8, 'orange'],
                    [0.95, 'red'],
                  ],
                },
                {
                  title: 'Entries',
                  expr: `sum by (instance, probe, map) (${select('santabpf_map_entries')} and topk(50, ${fullness}))`,
                  unit: 'locale',
                  decimals: 0,
                },
                {
                  title: 'Room',
                  expr: `sum by (instance, probe, map) (${select('santabpf_map_max_entries')} and topk(50, ${fullness}))`,
                  unit: 'locale',
                  decimals: 0,
                },
              ],
              noValue: noExporter,
            }),
          ],
          [
            12,
            lines({
              title: 'Maps, how full',
              runbooks: ['watcher_blind'],
              description: 'The fullest map of each probe. What climbs to 100 % will lose detail.',
              queries: [{ expr: `max by (probe) (${fullness})`, legend: '{{probe}}' }],
              unit: 'percentunit',
              max: 1,
              noValue: noExporter,
            }),
          ],
        ),
      ],
    },
    {
      title: 'Scrapes',
      bands: [
        band(
          8,
          [
            12,
            lines({
              title: 'Time to read and decode',
              description: 'By probe, on the slowest of the chosen hosts.',
              queries: [{ expr: `max by (probe) (${select(readTime)})`, legend: '{{probe}}' }],
              unit: 's',
              noValue: noExporter,
            }),
          ],
          [
            12,
            lines({
              title: 'Series by metric',
              description: 'The ten metrics with most series, of a single host.',
              queries: [{ expr: `topk(10, max by (metric) (${select('santabpf_series')}))`, legend: '{{metric}}' }],
              unit: 'short',
              noValue: noExporter,
            }),
          ],
        ),
        band(6, [
          24,
          lines({
            title: 'Time of scrapes by host',
            description: 'As Prometheus saw it. It must stay well below the scrape interval.',
            queries: [{ expr: select('scrape_duration_seconds'), legend: '{{instance}}' }],
            unit: 's',
            noValue: noExporter,
          }),
        ]),
      ],
    },
    {
      title: 'The process',
      bands: [
        band(
          8,
          [
            8,
            lines({
              title: 'CPU of the process',
              description: 'Part of one CPU that the exporter itself takes, the programs in the kernel aside.',
              queries: [{ expr: rate('process_cpu_seconds_total', 'instance'), legend: '{{instance}}' }],
              unit: 'percentunit',
              noValue: noExporter,
            }),
          ],
          [
            8,
            lines({
              title: 'Memory of the process',
              description: 'Resident memory, and the part of it that JavaScript uses.',
              queries: [
                { expr: select('process_resident_memory_bytes'), legend: '{{instance}} resident' },
                { expr: select('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap' },
              ],
              unit: 'bytes',
              noValue: noExporter,
            }),
          ],
          [
            8,
            lines({
              title: 'Event loop lag',
              description: 'How long a request waits for its turn inside the exporter.',
              queries: [{ expr: select('nodejs_eventloop_lag_seconds'), legend: '{{instance}}' }],
              unit: 's',
              noValue: noExporter,
            }),
          ],
        ),
        band(
          7,
          [
            15,
            table({
              title: 'Versions',
              description: 'Which versions run where, and since when.',
              labels: { instance: 'Host', version: 'SantaBPF', libbpf: 'libbpf', node: 'Node', kernel: 'Kernel' },
              columns: [
                {
                  title: 'Up since',
                  expr: `sum by (instance, version, libbpf, node, kernel) (${select('santabpf_build_info')} * on (job, instance) group_left () ${select('process_start_time_seconds')}) * 1000`,
                  unit: 'dateTimeAsIso',
                },
              ],
              noValue: noExporter,
            }),
          ],
          [
            9,
            table({
              title: 'Configuration',
              description: 'When it was last loaded, and whether the last attempt succeeded.',
              labels: { instance: 'Host' },
              columns: [
                {
                  title: 'Loaded',
                  expr: `sum by (instance) (${select('santabpf_config_last_reload_success_timestamp_seconds')}) * 1000`,
                  unit: 'dateTimeAsIso',
                },
                {
                  title: 'Last attempt',
                  expr: `sum by (instance) (${select('santabpf_config_last_reload_successful')})`,
                  unit: 'none',
                  words: { 0: 'failed', 1: 'succeeded' },
                },
              ],
              noValue: noExporter,
            }),
          ],
        ),
      ],
    },
  ],
};
