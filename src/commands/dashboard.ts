/** `santabpf dashboard PROBE`: a Grafana dashboard for one probe, from its metrics. */
import { join } from 'node:path';
import { defaultConfigFile } from '../cli/arguments.js';
import { defineCommand } from '../cli/command.js';
import { text } from '../cli/flags.js';
import { writeOutput } from '../cli/output.js';
import type { ProbeMetrics } from '../config/probe_metrics.js';
import { packageFolder } from '../package_folder.js';
import { readProbeMetricsApart } from '../reading/reading.js';

/** `dashboards/src/own/main.ts` with Grafana's builder, which nothing else of the exporter needs. */
interface DashboardBuilder {
  dashboardText(probe: ProbeMetrics): string;
}

export const command = defineCommand({
  name: 'dashboard',
  summary: 'Write a Grafana dashboard for a probe',
  description: [
    'Writes a Grafana dashboard for one probe.',
    'It has rates of counters, values of gauges and heatmaps of histograms.',
    'PROBE is a name, such as opens, or the path of a probe file or of a script.',
    'Metric names, labels and overrides are those of the main configuration file. Nothing is loaded.',
  ],
  operands: [{ name: 'PROBE' }],
  flags: {
    'config.file': {
      takes: 'FILE',
      help: 'Main configuration file [config/santabpf.yaml of the package]',
      parse: text,
    },
    output: { takes: 'FILE', help: 'Write to this file [standard output]', parse: text },
    'bpf.btf-file': { takes: 'FILE', help: 'Type information (BTF) for a kernel that has none', parse: text },
  },
  examples: ['dashboard ./my_probe.yaml --output=my_probe.json', 'dashboard opens'],
  async run([probe], flags) {
    const file = flags['config.file'] ?? defaultConfigFile;
    const metrics = await readProbeMetricsApart(file, probe!, { btfFile: flags['bpf.btf-file'] });
    const builder = (await import(join(packageFolder, 'dist/dashboard.js'))) as DashboardBuilder;
    const content = builder.dashboardText(metrics);
    if (flags.output === undefined) {
      process.stdout.write(content);
      return 0;
    }
    writeOutput('output', flags.output, content);
    process.stdout.write(`Wrote ${flags.output}. Next, in Grafana: Dashboards, New, Import.\n`);
    return 0;
  },
});
