import { define } from '../rule.js';
import { promql } from '../text.js';

export const reachable = define(
  { SantaExporterDown: {}, SantaNoExporter: {}, SantaScrapedTooRarely: {} },
  ({ events, exporters }) => [
    {
      alert: 'SantaExporterDown',
      why: 'One minute tolerates a restart of the exporter or of its host.',
      expr: `up{${exporters}} == 0`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Exporter down on {{ $labels.instance }}',
      description: [
        'The exporter on {{ $labels.instance }} has not answered for a minute. No other alert of this host can fire.',
      ],
    },
    {
      alert: 'SantaNoExporter',
      expr: `absent(up{${exporters}})`,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: 'Prometheus scrapes no SantaBPF exporter',
      description: ['Prometheus has no target with a job named santabpf, so no host is monitored.'],
    },
    {
      alert: 'SantaScrapedTooRarely',
      why: 'A rate over one minute needs two scrapes: an interval of at most 30 s, ten scrapes in five minutes.',
      expr: promql`
          count_over_time(up{${exporters}}[${events}]) < 9
            and
          up{${exporters}} offset ${events}
        `,
      scenario: 'watcher_blind',
      dashboard: 'exporter',
      summary: '{{ $labels.instance }} is scraped too rarely',
      description: [
        '{{ $labels.instance }} was scraped {{ $value }} times in five minutes. The rules use rates over one minute: set scrape_interval to 15 s.',
      ],
    },
  ],
);
