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

const blind = `probes:
  - { probe: small, maps: { values: { max_entries: 20 } } }
  - cut
  - broken
probe_path: ["."]
`;

// Ways to be blind that the scenario of this name, the death of the exporter, does not show. Time passes as in the scenarios.
describe('a watcher that is blind', needs({ ...fixtureNeeds, commands: ['bpftool', 'prometheus'] }), () => {
  let exporter: RunningExporter;
  let watching: PrometheusServer;
  let lonely: PrometheusServer;

  beforeAll(async () => {
    const cut = toldMetrics('cut').replace('map: values', 'map: values\n    limit: 3');
    exporter = await startExporter({
      config: blind,
      files: {
        'small.yaml': toldProbe({ name: 'small', kind: 1 }),
        'cut.yaml': toldProbe({ name: 'cut', kind: 2, metrics: cut }),
        'broken.yaml': faultyProbe('broken', 'out_of_bounds'),
      },
      patience: 60_000,
    });
    const habits = { interval: `${scrapeInterval}s`, ruleFiles: rules };
    watching = await PrometheusServer.start({ santabpf: `${exporter.url}/metrics` }, habits);
    lonely = await PrometheusServer.start({}, habits);
    await sleep(2 * scrapeInterval * 1000);
    tellAll(40, 1);
    tell(1, [0, 1, 2, 3, 4, 5, 6, 7], { kind: 2 });
    exporter.write({ 'santabpf.yaml': 'probes: [none-of-this-name]\n' });
    exporter.process.kill('SIGHUP');
  }, 90_000);

  afterAll(async () => {
    await watching?.stop();
    await lonely?.stop();
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

  test('says which probe is down', async () => {
    const { annotations } = await fired(watching, 'SantaProbeDown', { probe: 'broken' });
    expect(annotations.summary).toContain('broken');
  });

  test('says whose configuration was refused', async () => {
    const { annotations } = await fired(watching, 'SantaConfigurationRefused');
    expect(annotations.summary).toContain(new URL(exporter.url).host);
  });

  test('says which map was full, and how many updates found it so', async () => {
    const { annotations } = await fired(watching, 'SantaUpdatesLost', { probe: 'small', map: 'values' });
    // Each value was told twice.
    expect(annotations.description).toMatch(/^40 updates found the map values of the probe small full/);
  });

  test('says which metric is over its limit', async () => {
    const metric = 'santabpf_cut_total';
    const { annotations } = await fired(watching, 'SantaSeriesDropped', { probe: 'cut', metric });
    expect(annotations.summary).toContain(metric);
  });

  test('says which map is nearly full', async () => {
    const { annotations } = await fired(watching, 'SantaMapNearlyFull', { probe: 'small', map: 'values' });
    expect(annotations.description).toContain('is 100% full');
  }, 120_000);

  test('says that there is no exporter at all', async () => {
    const { annotations } = await fired(lonely, 'SantaNoExporter');
    expect(annotations.summary).toBeTruthy();
  }, 120_000);

  test('blames nobody else', async () => {
    const blamed = (await watching.alerts()).filter(
      ({ labels }) =>
        labels.scenario === 'watcher_blind' && !['small', 'cut', 'broken', undefined].includes(labels.probe),
    );
    expect(blamed).toEqual([]);
  });
});
