import { define } from '../rule.js';

export const probes = define(
  {
    SantaProbeDown: {},
    SantaProbesUnsupported: {},
    SantaNoProbeUp: {},
    SantaProbeUnreadable: {},
    SantaConfigurationRefused: {},
  },
  () => [
    {
      alert: 'SantaProbeDown',
      why: 'A warning: the other probes still see the host. SantaNoProbeUp is critical.',
      expr: 'max without (state) (santabpf_probe_state{state="down"}) == 1',
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} is down on {{ $labels.instance }}',
      description: [
        'Probe {{ $labels.probe }} does not run on {{ $labels.instance }}, so its alerts cannot fire. The landing page shows the reason.',
      ],
    },
    {
      alert: 'SantaProbesUnsupported',
      why: 'A fact about the host, known since the start: nothing has failed.',
      expr: 'sum without (probe, state) (santabpf_probe_state{state="unsupported"}) > 0',
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Unsupported probes on {{ $labels.instance }}',
      description: [
        '{{ $labels.instance }} does not offer what these probes need, so their alerts cannot fire. The landing page shows each reason with its remedy:',
        '{{- range query (printf `santabpf_probe_state{job=%q,instance=%q,state="unsupported"} == 1` $labels.job $labels.instance) }}',
        '- {{ .Labels.probe }}',
        '{{- end }}',
      ],
    },
    {
      alert: 'SantaNoProbeUp',
      expr: 'max without (probe, state) (santabpf_probe_state{state="up"}) == 0',
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'No probe is up on {{ $labels.instance }}',
      description: [
        'The exporter on {{ $labels.instance }} answers, but none of its probes runs. No alert about this host can fire. The landing page shows the reasons.',
      ],
    },
    {
      alert: 'SantaProbeUnreadable',
      expr: 'santabpf_scrape_success == 0',
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Probe {{ $labels.probe }} cannot be read on {{ $labels.instance }}',
      description: [
        'Probe {{ $labels.probe }} runs on {{ $labels.instance }}, but it cannot be read, or not within its deadline. Its metrics are missing; the log has the reason.',
      ],
    },
    {
      alert: 'SantaConfigurationRefused',
      expr: 'santabpf_config_last_reload_successful == 0',
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Invalid configuration on {{ $labels.instance }}',
      description: [
        'The exporter on {{ $labels.instance }} rejected the configuration on disk and keeps the previous one. A restart would fail. Run it with --config.check to see the errors.',
      ],
    },
  ],
);
