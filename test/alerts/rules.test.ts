import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alerts, records, repository, stems } from './rule_files.js';

const each = test.each(alerts.map((alert) => [alert.alert, alert] as const));
const scenarios = stems('docs/runbooks', '.md');

/** Alerts about what uses the CPUs, or waits. */
const flameGraphs = [
  'SantaCpuHigh',
  'SantaRunQueueSaturated',
  'SantaShortLivedJobs',
  'SantaTasksBlocked',
  'SantaMemoryReclaimStalls',
];

describe('every alert', () => {
  each('%s has a severity, a summary, a description and links', (_, { alert, labels, annotations }) => {
    expect(alert).toMatch(/^Santa([A-Z][a-z]+)+$/);
    expect(labels.severity).toMatch(/^(critical|warning|info)$/);
    const { flamegraph_url, ...others } = annotations;
    expect(Object.keys(others).sort()).toEqual(['dashboard_url', 'description', 'runbook_url', 'summary']);
    expect(flamegraph_url !== undefined, 'flame graph').toBe(flameGraphs.includes(alert));
    expect(annotations.runbook_url).toMatch(new RegExp(`/docs/runbooks/${labels.scenario}\\.md$`));
  });

  each('%s links to an existing dashboard', (_, { annotations }) => {
    const uid = /\/d\/([\w-]+)\?var-instance=/.exec(annotations.dashboard_url ?? '')?.[1];
    expect(existsSync(join(repository, `dashboards/${uid}.json`)), uid).toBe(true);
  });

  each('%s depends on a shipped probe or monitors the exporter', (_, { labels }) => {
    if (labels.probe === undefined)
      expect(['watcher_blind', 'watcher_expensive', 'anomaly_against_past']).toContain(labels.scenario);
    else expect(stems('config/probes', '.yaml')).toContain(labels.probe);
  });

  each('%s has promtool tests that it fires, with its description, and that it does not fire', (name, { labels }) => {
    const file = parse(
      readFileSync(join(repository, `alerts/tests/${labels.scenario}.test.yaml`), 'utf8'),
    ) as PromtoolTest;
    const checks = file.tests.flatMap((one) => one.alert_rule_test).filter(({ alertname }) => alertname === name);
    const fired = checks.filter(({ exp_alerts }) => exp_alerts.length > 0);
    expect(fired.length).toBeGreaterThan(0);
    expect(checks.length).toBeGreaterThan(fired.length);
    for (const { exp_annotations } of fired.flatMap(({ exp_alerts }) => exp_alerts)) {
      expect(exp_annotations.description).toBeTruthy();
    }
  });
});

interface PromtoolTest {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly { readonly exp_annotations: Readonly<Record<string, string>> }[];
    }[];
  }[];
}

describe('metrics in rules', () => {
  const reference = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
  const rows = [...reference.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)];
  const exported = new Set(
    rows.flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : name!,
    ),
  );
  const recorded = new Set(records.map(({ record }) => record));
  const texts = [
    ...alerts.flatMap(({ expr, annotations }) => [expr, ...Object.values(annotations)]),
    ...records.map(({ expr }) => expr),
  ];
  const named = new Set(
    texts.flatMap((text) => [...text.matchAll(/(?<![-:\w/])(\w+:)?santabpf(?::|_)[\w:]+/g)].map(([name]) => name)),
  );

  test('are documented or recorded by a rule', () => {
    const unknown = [...named].filter((name) => !exported.has(name) && !recorded.has(name));
    expect(unknown).toEqual([]);
  });

  test('every recording rule is used', () => {
    expect([...recorded].filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('scenario names', () => {
  test('are the same for alerts, promtool tests, runbooks and reproducers', () => {
    expect([...new Set(alerts.map(({ labels }) => labels.scenario))].sort()).toEqual(scenarios);
    // Tests of several scenarios are in one more file, because promtool evaluates all rules of a file for each of its tests.
    expect(stems('alerts/tests', '.test.yaml')).toEqual([...scenarios, 'across_scenarios'].sort());
    expect(stems('test/scenarios/reproducers', '.mjs')).toEqual(scenarios);
  });

  const page = readFileSync(join(repository, 'docs/scenarios.md'), 'utf8');
  test.each(alerts.map(({ alert }) => alert))('docs/scenarios.md lists %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  test.each(scenarios)('docs/scenarios.md links the runbook, reproducer and dashboard of %s', (scenario) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${scenario}\``)) ?? '';
    const uid = /\/d\/([\w-]+)\?/.exec(
      alerts.find(({ labels }) => labels.scenario === scenario)?.annotations.dashboard_url ?? '',
    );
    for (const part of [`runbooks/${scenario}.md`, `reproducers/${scenario}.mjs`, `\`${uid?.[1]}\``])
      expect(row).toContain(part);
  });

  test.each(scenarios)('the runbook of %s has the four sections and lists its alerts', (scenario) => {
    const runbook = readFileSync(join(repository, `docs/runbooks/${scenario}.md`), 'utf8');
    const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
    expect(runbook.split('\n').length).toBeLessThan(70);
    for (const { alert, labels } of alerts) if (labels.scenario === scenario) expect(runbook).toContain(`\`${alert}\``);
  });
});
