import { durationOf } from '../durations.js';
import { define } from '../rule.js';
import { promql } from '../text.js';

export const reachable = define(
  { SantaExporterDown: {}, SantaNoExporter: {}, SantaScrapedTooRarely: {} },
  ({ interval, rateSeconds, job, exporters }) => {
    const longest = rateSeconds / 2;
    const several = 10 * longest;
    return [
      {
        alert: 'SantaExporterDown',
        why: 'Five minutes tolerate an upgrade of the exporter and a reboot of its host.',
        expr: `up{${exporters}} == 0`,
        scenario: 'watcher_blind',
        dashboard: 'exporter',
        summary: 'Exporter down on {{ $labels.instance }}',
        description: ['The exporter on {{ $labels.instance }} does not answer. No other alert of this host can fire.'],
      },
      {
        alert: 'SantaNoExporter',
        expr: `absent(up{${exporters}})`,
        scenario: 'watcher_blind',
        dashboard: 'exporter',
        summary: 'Prometheus scrapes no SantaBPF exporter',
        description: [`Prometheus has no target whose job matches ${job}, so no host is monitored.`],
      },
      {
        alert: 'SantaScrapedTooRarely',
        why: 'Seconds between two scrapes, on average. The window of a rate must contain two scrapes; 15 % tolerate one that is missing.',
        expr: promql`
          ${several} / count_over_time(up{${exporters}}[${durationOf(several)}]) > ${Math.round(1.15 * longest)}
            and
          up{${exporters}} offset ${durationOf(several)}
        `,
        scenario: 'watcher_blind',
        dashboard: 'exporter',
        summary: '{{ $labels.instance }} is scraped too rarely',
        description: [
          `{{ $labels.instance }} is scraped every {{ $value | humanizeDuration }}, but the rules are written for a scrape interval of ${durationOf(interval)}.`,
          `Set scrape_interval to ${durationOf(interval)}{{ if le $value 120.0 }}, or write rules for the longer one: npm run alerts -- --set interval={{ printf "%.0f" $value }}s{{ else }}. Rules cannot be written for more than 2m.{{ end }}`,
        ],
      },
    ];
  },
);
