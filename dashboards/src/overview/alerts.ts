import { missedEvents } from '../exporter/loss.js';
import { exportersDown, probesDown } from '../exporter/summary.js';
import { band, type Section } from '../grid.js';
import { column, lines, runbookUrl, stat, steps, table } from '../panels/index.js';
import { select } from '../query.js';
import { unit } from '../units.js';

const selected = 'ALERTS{alertname=~"Santa.+",instance=~"$instance|"';
const firing = `${selected},alertstate="firing"}`;
const pending = `${selected},alertstate="pending"}`;
const hosts = `count(${select('santabpf_build_info')})`;
const details = 'santabpf-exporter';

/** Grafana replaces it by the text of the cell. */
const cellText = '$' + '{__value.raw}';

export const alerts: Section = {
  title: 'Alerts and exporters',
  bands: [
    band(
      4,
      [
        4,
        stat({
          title: 'Firing alerts',
          description: 'SantaBPF alerts that are firing.',
          expr: `count(${firing}) or 0 * ${hosts}`,
          unit: unit.number,
          steps: steps.expectNone,
        }),
      ],
      [
        4,
        stat({
          title: 'Pending alerts',
          description: 'SantaBPF alerts that will fire if their condition persists.',
          expr: `count(${pending}) or 0 * ${hosts}`,
          unit: unit.number,
          steps: [[1, 'orange']],
        }),
      ],
      [
        4,
        stat({
          title: 'Hosts',
          description: 'Hosts whose exporter was scraped.',
          expr: hosts,
          unit: unit.number,
          details,
        }),
      ],
      [4, stat({ ...exportersDown, details })],
      [4, stat({ ...probesDown, details })],
      [4, stat({ ...missedEvents, details, runbooks: [] })],
    ),
    band(
      8,
      [
        16,
        table({
          title: 'Firing and pending alerts',
          description: 'The notification of an alert names the culprits. The scenario links to the runbook.',
          labels: ['alertname', 'alertstate', 'severity', 'scenario', 'instance'],
          cellLinks: { scenario: { title: 'Runbook', url: runbookUrl(cellText) } },
          columns: [
            column.number('Alerts', `count by (alertname, alertstate, severity, scenario, instance) (${selected}})`),
          ],
          nothing: 'No alerts',
        }),
      ],
      [
        8,
        lines({
          title: 'Firing alerts over time',
          description: 'Number of firing alerts, by name.',
          queries: [{ expr: `count by (alertname) (${firing})`, legend: '{{alertname}}' }],
          unit: unit.number,
          style: 'bars',
          nothing: 'No alerts',
          runbooks: ['anomaly_against_past'],
        }),
      ],
    ),
  ],
};
