import { band, type Section } from '../grid.js';
import { lines } from '../panels/index.js';
import { increase, select } from '../query.js';
import { unit } from '../units.js';

const byHost = (metric: string) => `sum by (instance) (${select(metric)})`;

export const recorder: Section = {
  title: 'Flight recorder',
  collapsed: true,
  bands: [
    band(
      8,
      [
        8,
        lines({
          title: 'Recorded stacks',
          description: 'Size of the recorded windows on disk. Above the configured size the oldest are removed.',
          queries: [{ expr: byHost('santabpf_recorder_bytes'), legend: '{{instance}}' }],
          unit: unit.bytes,
          absent: 'The flight recorder is off',
        }),
      ],
      [
        8,
        lines({
          title: 'Windows on disk',
          description: 'Recorded windows, and the seconds since the last one was written. A window has 15 seconds.',
          queries: [
            { expr: byHost('santabpf_recorder_windows'), legend: '{{instance}}: windows' },
            {
              expr: `time() - max by (instance) (${select('santabpf_recorder_last_write_timestamp_seconds')})`,
              legend: '{{instance}}: seconds since the last write',
            },
          ],
          unit: unit.number,
          absent: 'The flight recorder is off',
        }),
      ],
      [
        8,
        lines({
          title: 'Recorder errors and lost stacks',
          description:
            'Per interval of the graph: failed operations, values in no window (CPU samples; nanoseconds off the CPU), stacks without their user part.',
          queries: [
            {
              expr: `${increase('santabpf_recorder_errors_total', 'instance', '$__rate_interval')} > 0`,
              legend: '{{instance}}: errors',
            },
            {
              expr: `${increase('santabpf_recorder_lost_total', 'instance, kind', '$__rate_interval')} > 0`,
              legend: '{{instance}}: lost, {{kind}}',
            },
            {
              expr: `${increase('santabpf_recorder_incomplete_stacks_total', 'instance', '$__rate_interval')} > 0`,
              legend: '{{instance}}: without user part',
            },
          ],
          unit: unit.count,
          style: 'bars',
          nothing: 'No errors and no losses',
        }),
      ],
    ),
  ],
};
