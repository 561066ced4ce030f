import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dashboardText } from '../../dashboards/src/own/main.js';
import { probeDashboard } from '../../dashboards/src/own/probe_dashboard.js';
import type { ProbeMetrics, ShownMetric } from '../../src/config/probe_metrics.js';
import { withFolder } from '../config/configuration_folder.js';
import { promtool } from '../harness/promtool.js';
import { needs } from '../harness/requirements.js';
import { type DashboardFile, type Panel, substituted, variableValues } from './dashboard_files.js';

const metric = (type: ShownMetric['type'], bareName: string, ...labels: string[]): ShownMetric => ({
  name: `mine_${bareName}`,
  bareName,
  type,
  help: 'What it counts',
  labels,
});

const probe: ProbeMetrics = {
  probe: 'own',
  summary: 'A probe of a user.',
  metrics: [
    metric('counter', 'jobs_total', 'command', 'kind'),
    metric('counter', 'read_bytes_total'),
    metric('counter', 'busy_seconds_total', 'job', 'identity', 'datasource'),
    metric('gauge', 'temperature_celsius', 'zone'),
    metric('gauge', 'used_ratio'),
    metric('gauge', 'started_timestamp_seconds', 'command'),
    metric('histogram', 'wait_seconds', 'a', 'b', 'c', 'd'),
    metric('histogram', 'sizes_bytes'),
    // Its title would be that of the first one.
    metric('gauge', 'jobs'),
  ],
};

const drawn = JSON.parse(dashboardText(probe)) as DashboardFile;
const panelsOf = ({ panels }: DashboardFile) => panels.filter(({ type }) => type !== 'row');
const panelOf = (title: string): Panel => {
  const found = drawn.panels.find((panel) => panel.title === title && panel.type !== 'row');
  if (found === undefined)
    throw new Error(`No panel "${title}" in ${drawn.panels.map((panel) => panel.title).join(', ')}`);
  return found;
};
const valuesFor = ({ templating }: DashboardFile) => ({
  // The longest first: $job is the beginning of $jobs.
  ...Object.fromEntries(
    templating.list.map(({ name }) => [name, '.*'] as const).sort(([a], [b]) => b.length - a.length),
  ),
  ...variableValues(3600, 60),
});

describe('the dashboard of a probe', () => {
  test('has the probe and a row per metric', () => {
    expect(drawn).toMatchObject({ uid: 'santabpf-probe-own', title: 'SantaBPF / Probe own', schemaVersion: 27 });
    expect(drawn.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Probe own',
      'jobs_total',
      'Read bytes',
      'Busy seconds',
      'Temperature celsius',
      'Used ratio',
      'Started timestamp seconds',
      'Wait seconds (histogram)',
      'Sizes bytes (histogram)',
      'jobs',
    ]);
  });

  test('shows a counter as rates by its labels, by each of them, and as counts', () => {
    expect(panelOf('jobs_total by command and kind')).toMatchObject({
      type: 'timeseries',
      fieldConfig: { defaults: { unit: 'count:/s' } },
      targets: [
        { legendFormat: '{{command}} {{kind}}', expr: expect.stringMatching(/^sum by \(command, kind\) .*topk\(10, /) },
        { legendFormat: 'No jobs_total' },
      ],
    });
    expect(panelOf('jobs_total by kind').targets![0]!.expr).toMatch(/^sum by \(kind\) \(rate\(mine_jobs_total\{/);
    expect(panelOf('Top jobs_total')).toMatchObject({ type: 'table', targets: [{ refId: 'A' }, { refId: 'B' }] });
    expect(panelOf('Read bytes by host').fieldConfig?.defaults.unit).toBe('binBps');
    expect(panelOf('Read bytes in the time range').fieldConfig?.defaults.unit).toBe('bytes');
  });

  test('shows gauges by host, and times as ages', () => {
    expect(panelOf('Temperature celsius by host and zone').targets![0]!.expr).toMatch(/^max by \(instance, zone\) /);
    expect(panelOf('Used ratio by host').fieldConfig?.defaults.unit).toBe('percentunit');
    expect(panelOf('Started timestamp seconds, age by host and command').targets![0]!.expr).toMatch(
      /^time\(\) - max by /,
    );
    expect(panelOf('Started timestamp seconds now').targets![0]!.expr).toContain(' * 1000');
  });

  test('shows a histogram as a heatmap, quantiles and the p99 by each label', () => {
    expect(panelOf('Wait seconds')).toMatchObject({ type: 'heatmap', fieldConfig: { defaults: { unit: 's' } } });
    expect(panelOf('Wait seconds (quantiles)').targets!.map(({ legendFormat }) => legendFormat)).toEqual([
      'p50',
      'p90',
      'p99',
      'No wait seconds',
    ]);
    for (const label of 'abcd') expect(panelOf(`Wait seconds by ${label} (p99)`).type).toBe('timeseries');
  });

  test('has a variable for each label, under the name that Prometheus stores it by', () => {
    const names = drawn.templating.list.map(({ name }) => name);
    expect(names).toEqual([
      ...[
        'datasource',
        'job',
        'instance',
        'command',
        'kind',
        'exported_job',
        'label_datasource',
        'zone',
        'a',
        'b',
        'c',
        'd',
      ],
    ]);
    expect(drawn.templating.list.find(({ name }) => name === 'zone')).toMatchObject({
      query: 'label_values(mine_temperature_celsius{job=~"$job",instance=~"$instance"}, zone)',
      allValue: '.*',
    });
    expect(panelOf('Busy seconds by exported job and datasource').targets![0]!.expr).toContain(
      'exported_job=~"$exported_job",datasource=~"$label_datasource"',
    );
  });

  test('has unique titles, texts for empty panels, and queries for the selected hosts', () => {
    const panels = panelsOf(drawn);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const panel of panels) {
      expect(panel.description, panel.title).toMatch(/^[A-Z].*\.$/);
      expect(JSON.stringify(panel.fieldConfig), panel.title).toMatch(/[Pp]robe own is not running/);
      for (const { expr } of panel.targets!) expect(expr).toContain('instance=~"$instance"');
    }
  });

  test('imports as the shipped ones do: panels of Grafana 7.5 that fill the grid, with ids of their own', () => {
    const { panels } = drawn;
    expect(new Set(panels.map(({ type }) => type))).toEqual(new Set(['row', 'stat', 'timeseries', 'table', 'heatmap']));
    expect(JSON.stringify(drawn)).not.toMatch(/"datasource":\{|inControlsMenu/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    const bottom = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length).toBe(24 * bottom);
  });

  test('has a uid that Grafana takes, the same for the same probe', () => {
    const uidOf = (name: string) => probeDashboard({ ...probe, probe: name }).uid;
    expect(uidOf('a'.repeat(64))).toMatch(/^santabpf-probe-a+-[0-9a-f]{8}$/);
    expect(uidOf('a'.repeat(64))).toHaveLength(40);
    expect(uidOf(`${'a'.repeat(63)}b`)).not.toBe(uidOf('a'.repeat(64)));
  });
});

test('promtool accepts every query', needs({ commands: ['promtool'] }), async () => {
  const values = valuesFor(drawn);
  const rules = panelsOf(drawn).flatMap(({ title, targets }) =>
    targets!.map(({ refId, expr }) => ({
      record: 'parsed',
      labels: { place: `${title} ${refId}` },
      expr: substituted(expr, values),
    })),
  );
  await withFolder({ 'rules.yaml': JSON.stringify({ groups: [{ name: 'panels', rules }] }) }, async (folder) => {
    expect(await promtool('check', 'rules', join(folder, 'rules.yaml'))).toContain(`${rules.length} rules found`);
  });
});
