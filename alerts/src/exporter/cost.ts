import { top } from '../notification.js';
import { amount } from '../parameter_kinds.js';
import { define, record } from '../rule.js';

export const cost = define({ SantaScrapeSlow: { on: amount } }, ({ SantaScrapeSlow }) => [
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
]);
