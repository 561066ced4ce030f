import { band, type Section } from '../grid.js';
import { column, lines, table } from '../panels/index.js';
import { rate, select } from '../query.js';
import { unit } from '../units.js';

export const process: Section = {
  title: 'Exporter process',
  collapsed: true,
  bands: [
    band(
      8,
      [
        8,
        lines({
          title: 'CPU of the exporter process',
          description: 'Share of one CPU that the exporter uses, without its BPF programs.',
          queries: [{ expr: rate('process_cpu_seconds_total', 'instance'), legend: '{{instance}}' }],
          unit: unit.share,
        }),
      ],
      [
        8,
        lines({
          title: 'Memory of the exporter process',
          description: 'Resident memory, and the JavaScript heap as a part of it.',
          queries: [
            { expr: select('process_resident_memory_bytes'), legend: '{{instance}} resident' },
            { expr: select('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap' },
          ],
          unit: unit.bytes,
        }),
      ],
      [
        8,
        lines({
          title: 'Event loop lag',
          description: 'How long a request waits before the exporter handles it.',
          queries: [{ expr: select('nodejs_eventloop_lag_seconds'), legend: '{{instance}}' }],
          unit: unit.seconds,
        }),
      ],
    ),
    band(
      7,
      [
        15,
        table({
          title: 'Versions',
          description: 'Versions that run on each host, and the start time of the exporter.',
          labels: ['instance', 'version', 'libbpf', 'node', 'kernel'],
          columns: [
            column.timestamp(
              'Up since',
              `sum by (instance, version, libbpf, node, kernel) (${select('santabpf_build_info')} * on (job, instance) group_left () ${select('process_start_time_seconds')})`,
            ),
          ],
        }),
      ],
      [
        9,
        table({
          title: 'Configuration',
          description: 'Time of the last successful load, and result of the last attempt.',
          labels: ['instance'],
          columns: [
            column.timestamp(
              'Loaded',
              `sum by (instance) (${select('santabpf_config_last_reload_success_timestamp_seconds')})`,
            ),
            column.state('Last attempt', `sum by (instance) (${select('santabpf_config_last_reload_successful')})`, {
              0: 'failed',
              1: 'OK',
            }),
          ],
        }),
      ],
    ),
  ],
};
