import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository, ruleFiles } from '../../alerts/rule_files.js';
import { type RunningExporter, startExporter } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import { accelerated, scrapeInterval } from '../../scenarios/pace.mjs';
import { faultyProbe, fixtureNeeds, tell, tellAll, toldMetrics, toldProbe } from '../probes.js';
import { type Alert, PrometheusServer } from '../prometheus_server.js';
import { until } from '../until.js';

const rules = ruleFiles.map((file) => accelerated(readFileSync(join(repository, file), 'utf8')));

const configuration = `probes:
  - { probe: small, maps: { values: { max_entries: 20 } } }
  - cut
  - broken
probe_path: ["."]
`;

// The scenario watcher_blind kills the exporter; these are the other failures that it covers, at the pace of the scenarios.
describe('alerts about a failing exporter', needs({ ...fixtureNeeds, commands: ['bpftool', 'prometheus'] }), () => {
  let exporter: RunningExporter;
  let watching: PrometheusServer;
  let idle: PrometheusServer;

  beforeAll(async () => {
    const cut = toldMetrics('cut').replace('map: values', 'map: values\n    limit: 3');
    exporter = await startExporter({
      config: configuration,
      files: {
        'small.yaml': toldProbe({ name: 'small', kind: 1 }),
        'cut.yaml': toldProbe({ name: 'cut', kind: 2, metrics: cut }),
        'broken.yaml': faultyProbe('broken', 'out_of_bounds'),
      },
      patience: 60_000,
    });
    const options = { interval: `${scrapeInterval}s`, ruleFiles: rules };
    watching = await PrometheusServer.start({ santabpf: `${exporter.url}/metrics` }, options);
    idle = await PrometheusServer.start({}, options);
    await sleep(2 * scrapeInterval * 1000);
    tellAll(40, 1);
    tell(1, [0, 1, 2, 3, 4, 5, 6, 7], { kind: 2 });
    exporter.write({ 'santabpf.yaml': 'probes: [none-of-this-name]\n' });
    exporter.process.kill('SIGHUP');
  }, 90_000);

  afterAll(async () => {
    await watching?.stop();
    await idle?.stop();
    await exporter?.stop();
  });

  async function fired(prometheus: PrometheusServer, name: string, labels: Alert['labels'] = {}): Promise<Alert> {
    let found: Alert | undefined;
    const isIt = (alert: Alert) =>
      alert.state === 'firing' &&
      alert.labels.alertname === name &&
      Object.entries(labels).every(([label, value]) => alert.labels[label] === value);
    await until(
      name,
      async () => {
        found = (await prometheus.alerts()).find(isIt);
        return found !== undefined;
      },
      90_000,
      500,
    );
    return found!;
  }

  test('SantaProbeDown names the probe', async () => {
    const { annotations } = await fired(watching, 'SantaProbeDown', { probe: 'broken' });
    expect(annotations.summary).toContain('broken');
  });

  test('SantaConfigurationRefused names the host', async () => {
    const { annotations } = await fired(watching, 'SantaConfigurationRefused');
    expect(annotations.summary).toContain(new URL(exporter.url).host);
  });

  test('SantaUpdatesLost names the map and the number of lost updates', async () => {
    const { annotations } = await fired(watching, 'SantaUpdatesLost', { probe: 'small', map: 'values' });
    // One user gets 10 of 20 places, or fewer: two threads send each of 40 values, and may add it at once.
    expect(annotations.description).toMatch(/^[67]\d updates of map values of probe small found no place/);
  });

  test('SantaSeriesDropped names the metric', async () => {
    const metric = 'santabpf_cut_total';
    const { annotations } = await fired(watching, 'SantaSeriesDropped', { probe: 'cut', metric });
    expect(annotations.summary).toContain(metric);
  });

  test('SantaNoExporter fires without any exporter', async () => {
    const { annotations } = await fired(idle, 'SantaNoExporter');
    expect(annotations.summary).toBeTruthy();
  }, 120_000);

  test('no other probe has an alert', async () => {
    const blamed = (await watching.alerts()).filter(
      ({ labels }) =>
        labels.scenario === 'watcher_blind' && !['small', 'cut', 'broken', undefined].includes(labels.probe),
    );
    expect(blamed).toEqual([]);
  });
});
