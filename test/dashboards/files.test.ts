import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dashboardFiles, dataPanels, type Panel, panelsOf } from './dashboard_files.js';

const COLUMNS = 24;
/** Columns of the narrowest panel whose numbers and legends fit at 1280 pixels, where a column has 52. */
const NARROWEST: Record<string, number> = { stat: 4, timeseries: 8, heatmap: 8, table: 8 };

const scenarios = readdirSync(new URL('../../docs/runbooks/', import.meta.url)).map((file) => file.replace('.md', ''));

function runbookOf(url: string): string | undefined {
  return /^https:\/\/git\.example\/santabpf\/docs\/runbooks\/(\w+)\.md$/.exec(url)?.[1];
}

/** Links of a panel, of its values and of its cells. */
function linksOf({ links = [], fieldConfig }: Panel): { readonly url: string }[] {
  const ofCells = fieldConfig?.overrides.flatMap(({ properties }) =>
    properties.flatMap(({ id, value }) => (id === 'links' ? (value as { url: string }[]) : [])),
  );
  return [...links, ...(fieldConfig?.defaults.links ?? []), ...(ofCells ?? [])];
}

/** @param top the first line of the grid */
function expectFilled(panels: readonly Panel[], top: number): void {
  const taken = new Map<string, string>();
  let bottom = top;
  for (const { title, gridPos } of panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(COLUMNS);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.get(`${x},${y}`), `${title} at ${x},${y}`).toBeUndefined();
        taken.set(`${x},${y}`, title);
      }
    }
    bottom = Math.max(bottom, gridPos.y + gridPos.h);
  }
  expect(taken.size).toBe(COLUMNS * (bottom - top));
}

test('uids and titles stay as alerts and bookmarks know them', () => {
  expect(dashboardFiles.map(({ uid, title }) => [uid, title]).sort()).toEqual([
    ['santabpf-cpu', 'SantaBPF / CPU and scheduling'],
    ['santabpf-exporter', 'SantaBPF / Exporter'],
    ['santabpf-files-io', 'SantaBPF / Files and block I/O'],
    ['santabpf-kubernetes', 'SantaBPF / Kubernetes'],
    ['santabpf-memory', 'SantaBPF / Memory'],
    ['santabpf-network', 'SantaBPF / Network'],
    ['santabpf-overview', 'SantaBPF / Overview'],
    ['santabpf-processes', 'SantaBPF / Processes and system calls'],
    ['santabpf-security', 'SantaBPF / Security'],
  ]);
});

test('docs/dashboards.md lists every dashboard', () => {
  const page = readFileSync(new URL('../../docs/dashboards.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| ([^|]+) \| `(santabpf-[\w-]+)` \|/gm)].map(([, title, uid]) => [uid, title]);
  const expected = dashboardFiles.map(({ uid, title }) => [uid, title.replace('SantaBPF / ', '')]);
  expect(listed.sort()).toEqual(expected.sort());
});

test('dashboards whose panels name who did it have a variable for that, with the parameter `identity` chosen', () => {
  for (const { uid, panels, templating } of dashboardFiles) {
    const isUsed = JSON.stringify(panels).includes('{identity:');
    const variable = templating.list.find(({ name }) => name === 'identity');
    expect(variable !== undefined, uid).toBe(isUsed);
    if (variable !== undefined) {
      expect(variable).toMatchObject({
        type: 'custom',
        multi: true,
        includeAll: false,
        current: { value: ['command'] },
      });
      expect(variable.query).toContain('namespaces : namespace, pods : pod, containers : container');
    }
  }
});

describe.each(dashboardFiles.map((dashboard) => [dashboard.uid, dashboard] as const))('%s', (_, dashboard) => {
  test('has the schema of Grafana 7.5, which newer versions migrate', () => {
    expect(dashboard.schemaVersion).toBe(27);
    const types = new Set(panelsOf(dashboard).map(({ type }) => type));
    expect([...types].filter((type) => !['row', 'stat', 'timeseries', 'table', 'heatmap'].includes(type))).toEqual([]);
    expect(JSON.stringify(dashboard)).not.toContain('"datasource":{');
    expect(JSON.stringify(dashboard)).not.toContain('inControlsMenu');
  });

  test('has the common variables, links and annotations', () => {
    expect(dashboard.templating.list.map(({ name }) => name).slice(0, 3)).toEqual(['datasource', 'job', 'instance']);
    expect(dashboard.links[0]).toMatchObject({
      type: 'dashboards',
      tags: ['santabpf'],
      includeVars: true,
      keepTime: true,
    });
    expect(dashboard.tags).toContain('santabpf');
    expect(dashboard.annotations.list).toMatchObject([
      { expr: expect.stringContaining('ALERTS{alertname=~"Santa.+"') },
    ]);
    expect(dashboard.description).toMatch(/\.$/);
  });

  test('panels fill the grid without overlap, those of closed rows below their row', () => {
    expectFilled(dashboard.panels, 0);
    for (const { collapsed, panels = [], gridPos } of dashboard.panels) {
      expect(panels.length > 0).toBe(collapsed === true);
      if (collapsed) expectFilled(panels, gridPos.y + 1);
    }
  });

  test('panels have unique ids and titles', () => {
    const ids = panelsOf(dashboard).map(({ id }) => id);
    const titles = panelsOf(dashboard).map(({ title }) => title);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe.each(
  dataPanels.map(({ dashboard, panel }) => [`${dashboard.uid} / ${panel.title}`, dashboard, panel] as const),
)('%s', (_, dashboard, panel) => {
  test('has a description, a unit and a text for when it is empty', () => {
    expect(panel.description).toMatch(/^[A-Z0-9].{15,}\.$/);
    expect(panel.datasource).toBe('$' + '{datasource}');
    expect(panel.fieldConfig?.defaults.noValue).toMatch(/^[A-Z].{8,}/);
    expect(panel.gridPos.w).toBeGreaterThanOrEqual(NARROWEST[panel.type]!);
    if (panel.type !== 'table') expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
  });

  test('queries the selected hosts, each target once', () => {
    expect(panel.targets?.length).toBeGreaterThan(0);
    const refIds = panel.targets?.map(({ refId }) => refId);
    expect(new Set(refIds).size).toBe(refIds?.length);
    for (const { expr, instant } of panel.targets ?? []) {
      expect(expr).toContain('$instance');
      expect(instant).toBe(panel.type === 'table');
      // A fixed range does not fit every scrape interval.
      expect(expr).not.toMatch(/\[\d+[smhd]/);
    }
  });

  test('links lead to existing dashboards and runbooks, and pass on variables that there are', () => {
    for (const { url } of linksOf(panel)) {
      const uid = /^\/d\/([\w-]+)\?/.exec(url)?.[1];
      if (uid === undefined) {
        if (!url.includes('__value.raw')) expect(scenarios, url).toContain(runbookOf(url));
        continue;
      }
      const target = dashboardFiles.find((one) => one.uid === uid);
      expect(target, url).toBeDefined();
      const passed = [...url.matchAll(/\$\{(\w+):queryparam\}/g)].map(([, name]) => name!);
      const names = dashboard.templating.list.map(({ name }) => name);
      expect(passed.filter((name) => !names.includes(name))).toEqual([]);
      const chosen = [...url.matchAll(/var-(\w+)=/g)].map(([, name]) => name!);
      expect(chosen.filter((name) => !target!.templating.list.some((one) => one.name === name))).toEqual([]);
      // A variable twice in a URL has both values.
      expect(chosen.filter((name) => passed.includes(name))).toEqual([]);
    }
  });
});

test('a panel links to the runbook of every scenario', () => {
  const linked = dataPanels.flatMap(({ panel }) => (panel.links ?? []).map(({ url }) => runbookOf(url)));
  expect(scenarios.filter((scenario) => !linked.includes(scenario))).toEqual([]);
});

test('a scenario in the table of alerts links to its runbook', () => {
  const table = dataPanels.find(
    ({ dashboard, panel }) => dashboard.uid === 'santabpf-overview' && panel.title === 'Firing and pending alerts',
  );
  const override = table?.panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === 'Scenario');
  const url = 'https://git.example/santabpf/docs/runbooks/$' + '{__value.raw}.md';
  expect(override?.properties).toContainEqual({
    id: 'links',
    value: [{ title: 'Runbook', url, targetBlank: true }],
  });
});

const ofType = (type: string) =>
  dataPanels
    .filter(({ panel }) => panel.type === type)
    .map(({ dashboard, panel }) => [`${dashboard.uid} / ${panel.title}`, panel] as const);

test.each(ofType('table'))('every number column of %s has a title and a unit', (_, panel) => {
  const organize = panel.transformations?.find(({ id }) => id === 'organize')?.options;
  const titles = Object.entries(organize?.renameByName ?? {}).flatMap(([name, title]) =>
    name.startsWith('Value') ? [title] : [],
  );
  expect(titles).toHaveLength(panel.targets!.length);
  const units = panel.fieldConfig?.overrides.flatMap(({ matcher, properties }) =>
    properties.some(({ id }) => id === 'unit') ? [matcher.options] : [],
  );
  expect(units).toEqual(titles);
});

test('the table of alerts fills its panel also without culprits: a column that is always there has no width', () => {
  const [, panel] = ofType('table').find(([place]) => place.endsWith('/ Firing and pending alerts'))!;
  const widthOf = (title: string) =>
    panel.fieldConfig?.overrides
      .find(({ matcher }) => matcher.options === title)
      ?.properties.find(({ id }) => id === 'custom.width')?.value;
  expect(widthOf('Culprit')).toBe(270);
  expect(widthOf('Alert')).toBe(220);
  expect(widthOf('Host')).toBeUndefined();
});

test('rows of tables lead to the dashboard for that row: host, command, unit, namespace and pod', () => {
  const byLabel: Record<string, string> = {
    Host: 'instance',
    Command: 'command',
    Unit: 'unit',
    Namespace: 'namespace',
    Pod: 'pod',
  };
  for (const [place, panel] of ofType('table')) {
    for (const [title, label] of Object.entries(byLabel)) {
      const override = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === title);
      if (override === undefined) continue;
      const link = override.properties.find(({ id }) => id === 'links')?.value;
      expect(link, place).toMatchObject([
        { url: expect.stringContaining([`&var-${label}=$`, '{__value.raw:percentencode}'].join('')) },
      ]);
    }
  }
});

test('panels of metrics that say who did it follow the filters', () => {
  for (const { uid, templating } of dashboardFiles.filter(({ uid }) => uid !== 'santabpf-exporter')) {
    const filters = templating.list.filter(({ name }) => ['namespace', 'pod', 'unit', 'command'].includes(name));
    expect(
      filters.map(({ name }) => name),
      uid,
    ).toEqual(['namespace', 'pod', 'unit', 'command']);
    for (const filter of filters) expect(filter).toMatchObject({ allValue: '.*', includeAll: true, multi: true });
  }
  const opens = dataPanels
    .flatMap(({ panel }) => panel.targets!.map(({ expr }) => expr))
    .filter((expr) => expr.includes('_opens_total{'));
  expect(opens).not.toEqual([]);
  for (const expr of opens)
    expect(expr).toContain('namespace=~"$namespace",pod=~"$pod",unit=~"$unit",command=~"$command"');
});

test.each(ofType('timeseries'))('%s has no text at a tick or a gap for which there is no value', (_, panel) => {
  expect(panel.fieldConfig?.overrides).toContainEqual({
    matcher: { id: 'byRegexp', options: '/.*/' },
    properties: [{ id: 'noValue', value: '' }],
  });
});

test.each(ofType('heatmap'))('%s has bounds without decimals and a perceptual scale', (_, panel) => {
  expect(panel).toMatchObject({
    yAxis: { decimals: 0 },
    color: { colorScheme: 'interpolateViridis' },
    options: { yAxis: { decimals: 0 }, color: { scheme: 'Viridis' } },
  });
});

test.each(ofType('heatmap'))('%s is also a heatmap for Grafana before 9.1', (_, panel) => {
  expect(panel).toMatchObject({
    dataFormat: 'tsbuckets',
    yAxis: { format: panel.fieldConfig?.defaults.unit },
    targets: [{ format: 'heatmap', legendFormat: '{{le}}' }],
  });
});
