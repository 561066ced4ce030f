import { hysteresis, increase } from '../conditions.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';
import { promql } from '../text.js';

export const loss = define(
  {
    SantaUpdatesLost: {},
    SantaSeriesDropped: {},
    SantaKeysUndecodable: {},
    SantaEventsMissed: { on: amount },
    SantaMapNearlyFull: { on: share, off: share },
  },
  ({ events, eventsText, SantaEventsMissed, SantaMapNearlyFull }) => [
    record(
      `instance_probe_map:santabpf_lost_updates:increase${events}`,
      increase('santabpf_lost_updates_total', events),
    ),
    {
      alert: 'SantaUpdatesLost',
      expr: `instance_probe_map:santabpf_lost_updates:increase${events} > 0`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} has no place for new labels on {{ $labels.instance }}',
      description: [
        `{{ $value }} updates of map {{ $labels.map }} of probe {{ $labels.probe }} found no place within ${eventsText} on {{ $labels.instance }}. The map is full, or one user adds too many new names. They are counted as "other", without a culprit.`,
      ],
    },
    record(
      `instance_probe_metric:santabpf_series_dropped:increase${events}`,
      increase('santabpf_series_dropped_total', events),
    ),
    {
      alert: 'SantaSeriesDropped',
      expr: `instance_probe_metric:santabpf_series_dropped:increase${events} > 0`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: '{{ $labels.metric }} exceeds its series limit on {{ $labels.instance }}',
      description: [
        `Label sets of {{ $labels.metric }} (probe {{ $labels.probe }}) found no place {{ $value }} times within ${eventsText} on {{ $labels.instance }}. They are counted as "other", without a culprit.`,
      ],
    },
    record(
      `instance_probe_metric:santabpf_decode_errors:increase${events}`,
      increase('santabpf_decode_errors_total', events),
    ),
    {
      alert: 'SantaKeysUndecodable',
      expr: `instance_probe_metric:santabpf_decode_errors:increase${events} > 0`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: '{{ $labels.metric }} is incomplete on {{ $labels.instance }}',
      description: [
        `{{ $value }} entries of {{ $labels.metric }} (probe {{ $labels.probe }}) could not be decoded within ${eventsText} on {{ $labels.instance }} and are missing.`,
      ],
    },
    record(
      `instance_probe:santabpf_program_missed_runs:increase${events}`,
      promql`
          sum without (program) (
            ${increase('santabpf_program_missed_runs_total', events)}
          )
        `,
    ),
    {
      alert: 'SantaEventsMissed',
      why: 'A few are normal: an interrupt arrives while the program runs. More than three per second are not, on a host with few CPUs.',
      expr: `instance_probe:santabpf_program_missed_runs:increase${events} > ${SantaEventsMissed.on}`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} misses events on {{ $labels.instance }}',
      description: [
        `Probe {{ $labels.probe }} did not count {{ $value }} events within ${eventsText} on {{ $labels.instance }}: the kernel skipped its program.`,
      ],
    },
    {
      alert: 'SantaMapNearlyFull',
      why: 'Nothing is lost yet. 90 % on, 80 % off.',
      expr: hysteresis(
        'SantaMapNearlyFull',
        `santabpf_map_entries / santabpf_map_max_entries`,
        '>',
        SantaMapNearlyFull,
        'probe',
        'map',
      ),
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Map {{ $labels.map }} of {{ $labels.probe }} is nearly full on {{ $labels.instance }}',
      description: [
        'Map {{ $labels.map }} of probe {{ $labels.probe }} is {{ $value | humanizePercentage }} full on {{ $labels.instance }}. Once it is full, new keys are counted as "other".',
      ],
    },
  ],
);
