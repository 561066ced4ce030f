import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { OwnMetrics } from '../../src/metrics/own_metrics.js';
import { needs } from '../harness/requirements.js';
import { dashboardFiles, dataPanels, metricsOf, substituted, variableValues } from './dashboard_files.js';

interface NamedMetric {
  readonly name: string;
  readonly type: string;
}

const probeFolder = new URL('../../config/probes/', import.meta.url);
const kernelMetrics = readdirSync(probeFolder).flatMap((file) => {
  const { metrics } = parse(readFileSync(new URL(file, probeFolder), 'utf8'), { merge: true }) as {
    metrics: NamedMetric[];
  };
  return metrics.map(({ name, type }) => ({ name: `santabpf_${name}`, type }));
});
const ownMetrics = new OwnMetrics({ version: '', libbpf: '', node: '', kernel: '' }).registry
  .getMetricsAsArray()
  .map(({ name, type }) => ({ name, type: String(type) }));

/** Series that Prometheus itself adds. */
const synthetic = ['up', 'scrape_duration_seconds', 'ALERTS', 'ALERTS_FOR_STATE'];

function seriesNames({ name, type }: NamedMetric): string[] {
  return type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
}

const expressions = dataPanels.flatMap(({ dashboard, panel }) =>
  panel.targets!.map(({ expr, refId }) => ({ place: `${dashboard.uid} / ${panel.title} / ${refId}`, expr })),
);
const used = new Set(expressions.flatMap(({ expr }) => metricsOf(expr)));

describe('metrics', () => {
  test('every metric in a query exists', () => {
    const known = new Set([...synthetic, ...[...kernelMetrics, ...ownMetrics].flatMap(seriesNames)]);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });

  test('every metric of every shipped probe is on a panel', () => {
    const shown = (metric: NamedMetric) => seriesNames(metric).some((name) => used.has(name));
    expect(kernelMetrics.filter((metric) => !shown(metric))).toEqual([]);
  });

  test("every one of the exporter's own metrics is on a panel", () => {
    const ours = ownMetrics.filter(({ name }) => name.startsWith('santabpf_'));
    expect(ours.filter(({ name }) => !used.has(name))).toEqual([]);
  });
});

describe('queries', needs({ commands: ['promtool'] }), () => {
  test.each([[['command']], [['unit', 'command']], [['namespace', 'pod', 'container']]])(
    'promtool accepts every query by %s',
    async (identity) => {
      const values = variableValues(3600, 60, identity);
      const annotations = dashboardFiles.flatMap(({ uid, annotations: { list } }) =>
        list.map(({ expr }) => ({ place: `${uid} / annotation`, expr })),
      );
      const rules = [...expressions, ...annotations].map(({ place, expr }) => ({
        record: 'parsed',
        labels: { place },
        expr: substituted(expr, values),
      }));
      const folder = mkdtempSync(join(tmpdir(), 'santabpf-dashboards-'));
      try {
        const file = join(folder, 'rules.yaml');
        writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
        const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', file]);
        expect(stdout).toContain(`${rules.length} rules found`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
