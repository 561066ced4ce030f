import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../config/configuration_folder.js';
import { promtool } from '../harness/promtool.js';
import { needs } from '../harness/requirements.js';
import { dataPanels, substituted, variableValues } from './dashboard_files.js';

const table = dataPanels.find(({ panel }) => panel.title === 'Firing and pending alerts')!.panel;
const query = substituted(table.targets![0]!.expr, variableValues(3600, 60));

const host = 'job="santabpf",instance="web1"';
const oom = 'alertname="SantaOomKill",severity="warning",scenario="memory_exhausted",command="java",cgroup="/shop"';
const busy = 'alertname="SantaCpuHigh",severity="warning",scenario="cpu_high",probe="cpu_seconds"';
const blind = 'alertname="SantaProbeDown",severity="warning",scenario="watcher_blind",probe="opens"';
const many = 'alertname="SantaNoExporter",severity="critical",scenario="watcher_blind"';
const used = 'instance_command:santabpf_cpu_seconds:rate1m';

const series = {
  [`ALERTS{${oom},${host},alertstate="pending"}`]: 1,
  [`ALERTS_FOR_STATE{${oom},${host}}`]: 1000,
  [`ALERTS{${busy},${host},alertstate="firing"}`]: 1,
  [`ALERTS_FOR_STATE{${busy},${host}}`]: 2000,
  [`ALERTS{${blind},${host},alertstate="firing"}`]: 1,
  [`ALERTS_FOR_STATE{${blind},${host}}`]: 2500,
  [`ALERTS{${many},alertstate="firing"}`]: 1,
  [`ALERTS_FOR_STATE{${many}}`]: 3000,
  [`${used}{${host},command="cat"}`]: 0.1,
  [`${used}{${host},command="node"}`]: 1.5,
  [`${used}{job="santabpf",instance="web2",command="dd"}`]: 7,
};
const row = (labels: string, milliseconds: number) => ({ labels: `{${labels}}`, value: milliseconds });

test(
  'the table of alerts says since when, who did it, and which dashboard shows it',
  needs({ commands: ['promtool'] }),
  async () => {
    const file = {
      rule_files: [],
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, value]) => ({ series: name, values: `${value}x5` })),
          promql_expr_test: [
            {
              expr: query,
              eval_time: '3m',
              exp_samples: [
                row(
                  `alertname="SantaOomKill",alertstate="pending",severity="warning",scenario="memory_exhausted",instance="web1",culprit="java /shop",dashboard="memory"`,
                  1_000_000,
                ),
                row(
                  `alertname="SantaCpuHigh",alertstate="firing",severity="warning",scenario="cpu_high",instance="web1",culprit="node",dashboard="cpu"`,
                  2_000_000,
                ),
                // The label `probe` says what this alert is about, and which probe that of the CPUs needs.
                row(
                  `alertname="SantaProbeDown",alertstate="firing",severity="warning",scenario="watcher_blind",instance="web1",culprit="opens",dashboard="exporter"`,
                  2_500_000,
                ),
                row(
                  `alertname="SantaNoExporter",alertstate="firing",severity="critical",scenario="watcher_blind",instance="All",dashboard="exporter"`,
                  3_000_000,
                ),
              ],
            },
          ],
        },
      ],
    };
    await withFolder({ 'alerts.test.yaml': JSON.stringify(file) }, async (folder) => {
      expect(await promtool('test', 'rules', join(folder, 'alerts.test.yaml'))).toContain('SUCCESS');
    });
  },
);
