import { top } from '../notification.js';
import { amount, share } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const cost = define(
  { SantaScrapeSlow: { on: amount }, SantaProbeExpensive: { on: share } },
  ({ events, SantaScrapeSlow, SantaProbeExpensive }) => [
    record(
      'instance:santabpf_scrape_duration_seconds:max',
      'max without (probe) (santabpf_scrape_duration_seconds)',
      'Probes are read in parallel.',
    ),
    {
      alert: 'SantaScrapeSlow',
      why: "A tenth of Prometheus's default scrape_timeout.",
      expr: `instance:santabpf_scrape_duration_seconds:max > ${SantaScrapeSlow.on}`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Slow scrapes on {{ $labels.instance }}',
      description: [
        'Reading the probes takes {{ $value | humanizeDuration }} on {{ $labels.instance }}. Slowest probes:',
        top(
          'santabpf_scrape_duration_seconds{job=%q,instance=%q}',
          '- {{ .Labels.probe }}: {{ .Value | humanizeDuration }}',
          '{{- $series := query (printf `sum(santabpf_series{job=%q,instance=%q,probe=%q})` $labels.job $labels.instance .Labels.probe) }}',
          '{{- with $series }}, {{ . | first | value }} series{{ end }}',
        ),
      ],
    },
    record(
      `instance_probe:santabpf_program_run_seconds:rate${events}`,
      `sum without (program) (rate(santabpf_program_run_seconds_total[${events}]))`,
      'CPUs used by the programs of a probe.',
    ),
    {
      alert: 'SantaProbeExpensive',
      why: 'One million getppid per second cost the probe syscalls 3 % of that CPU (docs/probes/syscalls.md); 5 % is unusual on any host.',
      expr: `instance_probe:santabpf_program_run_seconds:rate${events} > ${SantaProbeExpensive.on}`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} is expensive on {{ $labels.instance }}',
      description: [
        'The programs of probe {{ $labels.probe }} use {{ $value | humanizePercentage }} of a CPU on {{ $labels.instance }}:',
        top(
          `100 * rate(santabpf_program_run_seconds_total{job=%q,instance=%q,probe=%q}[${events}]) >= 1`,
          '- {{ .Labels.program }}: {{ printf "%.1f%%" .Value }}',
        ),
      ],
    },
  ],
);
