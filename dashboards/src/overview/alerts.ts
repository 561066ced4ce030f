import { missedEvents } from '../exporter/loss.js';
import { exportersDown, probesDown } from '../exporter/summary.js';
import { band, type Section } from '../grid.js';
import { column, lines, rowLink, runbookUrl, stat, steps, table, tiles } from '../panels/index.js';
import { select } from '../query.js';
import { unit } from '../units.js';
import { withCulprits, withDashboards } from './culprits.js';

const selected = 'ALERTS{alertname=~"Santa.+",instance=~"$instance|"';
const firing = `${selected},alertstate="firing"}`;
const pending = `${selected},alertstate="pending"}`;
const hosts = `count(${select('santabpf_build_info')})`;
const details = 'santabpf-exporter';

/** Grafana replaces it by the text of the cell. */
const cellText = '$' + '{__value.raw}';

/** Milliseconds around the moment at which an alert began. */
const shownAround = 3_600_000;

const field = (name: string) => `$${`{__data.fields.${name}}`}`;
const dashboardAtThatTime =
  `/d/santabpf-${cellText}?time=${field('Since.numeric')}&time.window=${shownAround}` +
  `&$${'{datasource:queryparam}'}&$${'{job:queryparam}'}&var-instance=${field('Host')}`;

/** The moment since which the condition holds, in seconds. An alert about several hosts has no instance. */
const began = `${selected}} * ignoring (alertstate) group_left () ALERTS_FOR_STATE{alertname=~"Santa.+",instance=~"$instance|"}`;
const columns = 'alertname, alertstate, severity, instance, culprit, scenario, dashboard';
const since = `label_replace(${withDashboards(withCulprits(`(${began})`))}, "instance", "All", "instance", "")`;

const up = `max by (instance) (${select('up')})`;

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
    band(8, [
      24,
      table({
        title: 'Firing and pending alerts',
        description:
          'Since is when the condition of the alert became true. The culprit is what the alert names or, for a whole host, what does most of it now; the notification says more. The dashboard opens at that time.',
        labels: ['alertname', 'alertstate', 'severity', 'instance', 'culprit', 'scenario', 'dashboard'],
        // A culprit may be long: a command, its cgroup and a port. Without any, the column is not there, so the host takes what is left.
        widths: { culprit: 270, scenario: 170 },
        cellLinks: {
          scenario: { title: 'Runbook', url: runbookUrl(cellText), targetBlank: true },
          dashboard: { title: 'Dashboard at that time', url: dashboardAtThatTime },
        },
        columns: [column.timestamp('Since', `min by (${columns}) (${since})`)],
        sortBy: 'State',
        ascending: true,
        nothing: 'No alerts',
      }),
    ]),
    band(
      8,
      [
        12,
        tiles({
          title: 'Hosts by firing alerts',
          description:
            'A tile for each host: the number of its firing alerts, or "down" if its exporter cannot be scraped.',
          expr: `(${up} - 1 < 0) or count by (instance) (${firing} != 0) or 0 * ${up}`,
          legend: '{{instance}}',
          unit: unit.number,
          steps: [
            [-1, 'red'],
            [0, 'green'],
            [1, 'orange'],
          ],
          words: { '-1': 'down', 0: 'OK' },
          link: rowLink('instance', undefined, '$' + '{__field.labels.instance:percentencode}')!,
        }),
      ],
      [
        12,
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
