import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareSync } from 'bcryptjs';
import { expect, it } from 'vitest';
import { helpText } from '../../src/cli/arguments.js';
import { LIMITS } from '../../src/http/limits.js';
import { OWN_PATHS } from '../../src/http/telemetry_path.js';
import { readWebConfiguration } from '../../src/http/web_configuration.js';
import { OwnMetrics } from '../../src/metrics/own_metrics.js';
import { Certificates } from '../harness/certificates.js';
import { needs } from '../harness/requirements.js';

const text = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const section = (title: string) => text.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
const firstCells = (title: string) => [...section(title).matchAll(/^\| `(.+?)`/gm)].map(([, cell]) => cell!);

it('lists every flag with its value', () => {
  const flags = [...helpText([]).matchAll(/^ {2}(--\S+)/gm)].map(([, flag]) => flag);
  expect(firstCells('Command line')).toEqual(flags);
});

it('lists every path', () => {
  expect(firstCells('HTTP endpoints').sort()).toEqual([...OWN_PATHS, '/metrics'].sort());
});

it('lists every limit of clients with its value', () => {
  const rows = [...section('Limits').matchAll(/^\| `(\w+)` \| (\d+)/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  // A share of the limit of open files, which the row of connections describes.
  const { descriptorShare, ...limits } = LIMITS;
  expect(descriptorShare).toBe(0.5);
  expect(Object.fromEntries(rows)).toEqual(limits);
});

it('lists every metric about the exporter with its labels', () => {
  const { registry } = new OwnMetrics({ version: '', libbpf: '', node: '', kernel: '' });
  const metrics = registry.getMetricsAsArray() as unknown as { name: string; labelNames: readonly string[] }[];
  const own = metrics.filter(({ name }) => name.startsWith('santabpf_'));
  const described = own.map(({ name, labelNames }) =>
    labelNames.length > 0 ? `${name}{${labelNames.join(',')}}` : name,
  );
  expect(firstCells('Metrics about the exporter').sort()).toEqual(described.sort());
});

it('has valid alert expressions', needs({ commands: ['promtool'] }), () => {
  const expressions = firstCells('What to alert on');
  expect(expressions.length).toBeGreaterThan(5);
  const rules = expressions.map((expr, index) => ({ alert: `Alert${index}`, expr }));
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-doc-'));
  const file = join(folder, 'rules.yaml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'operations', rules }] }));
  const { stdout, stderr, status } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(status, stdout + stderr).toBe(0);
});

it('has a valid web configuration', needs({ commands: ['openssl'] }), () => {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-doc-'));
  new Certificates(folder).issue('server');
  const [, example = ''] = /```yaml\n(tls_server_config[\s\S]*?)```/.exec(text) ?? [];
  writeFileSync(join(folder, 'web.yaml'), example);
  const { users, tls } = readWebConfiguration(join(folder, 'web.yaml'));
  rmSync(folder, { recursive: true });
  expect(tls?.allowedNames).toEqual(['prometheus.example']);
  expect(compareSync('secret', users.get('prometheus') ?? '')).toBe(true);
});
