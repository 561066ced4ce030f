import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { IdentitySpec } from '../../src/config/identity_schema.js';
import { OwnMetrics } from '../../src/metrics/own_metrics.js';
import { type ShippedProbe, shippedProbes } from './shipped_probes.js';

interface Row {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const probes = shippedProbes();

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const labels = row.labels.join(', ') || '–';
    return `| \`${row.name}\` | ${row.type} | ${labels} | ${row.help} |`;
  });
  return ['| Metric | Type | Labels | Description |', '|---|---|---|---|', ...lines].join('\n');
}

const code = (text: string) => `\`${text}\``;

/** The labels of a metric, in which those of the identity have one name. */
function labelsOf(labels: readonly string[], identity: IdentitySpec | undefined): string[] {
  if (identity === undefined) return labels.map(code);
  if (identity.command === undefined) return ['*cgroup*', ...labels.map(code)];
  return ['*identity*', ...labels.filter((label) => label !== 'command').map(code)];
}

function probeSection({ spec, byDefault, identities }: ShippedProbe): string {
  const rows = spec.metrics.map(({ name, type, labels, help }, index) => {
    return { name: `santabpf_${name}`, type, labels: labelsOf(Object.keys(labels), identities[index]), help };
  });
  const state = byDefault ? 'On by default.' : 'Off by default.';
  return `### ${spec.probe}\n\n${spec.summary} ${state} [More](probes/${spec.probe}.md)\n\n${table(rows)}\n`;
}

/** The public fields of a metric, which prom-client's types omit. */
interface OwnMetric {
  readonly name: string;
  readonly type: unknown;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

function ownMetrics(): Row[] {
  const { registry } = new OwnMetrics({ version: '', libbpf: '', node: '', kernel: '' });
  return (registry.getMetricsAsArray() as unknown as OwnMetric[]).map(({ name, type, help, labelNames = [] }) => {
    return { name, type: String(type), labels: labelNames.map(code), help: /[.!]$/.test(help) ? help : `${help}.` };
  });
}

function metricsPage(): string {
  const own = ownMetrics();
  const ours = own.filter(({ name }) => name.startsWith('santabpf_'));
  const process = own.filter(({ name }) => !name.startsWith('santabpf_'));
  return `# Metrics

<!-- Made from config/probes/*.yaml and src/metrics/own_metrics.ts by \`npm run docs:metrics\`. -->

Times are in seconds and sizes in bytes. Counters begin at 0 when the probe is loaded. A histogram has \`_bucket\`, \`_sum\` and \`_count\`; its
bounds are powers of two. At the limit of a map or a metric, further keys are counted in the series with the labels \`other\`, so the sum over all series stays exact.

## From the kernel

\`metric_prefix\` in the [main file](configuration.md#main-file) replaces \`santabpf_\`; it may be empty.

*identity* stands for the labels that the setting [identity](configuration.md#identity) lists, by default \`command\`. *cgroup* stands for
all of these but \`command\`, by default none.

${probes.map(probeSection).join('\n')}
## About the exporter

\`metric_prefix\` does not change these names. [Operations](operations.md#metrics-about-the-exporter) explains them and which to alert on.

${table(ours)}

## About its process

The default metrics of prom-client, the Prometheus library for Node.js.

${table(process)}
`;
}

test('docs/metrics.md is current (npm run docs:metrics writes it)', async () => {
  await expect(metricsPage()).toMatchFileSnapshot('../../docs/metrics.md');
});

test('the table of docs/probes/README.md is current', () => {
  const rows = probes.map(({ spec: { probe, summary, metrics }, byDefault }) => {
    const names = metrics.map(({ name }) => `\`${name}\``).join(', ');
    return `| [${probe}](${probe}.md) | ${byDefault ? 'on' : 'off'} | ${summary} | ${names} |`;
  });
  const page = readFileSync(new URL('../../docs/probes/README.md', import.meta.url), 'utf8');
  expect(page).toContain(rows.join('\n'));
});
