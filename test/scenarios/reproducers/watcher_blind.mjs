import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasResult } from '../prometheus_client.mjs';
import { scrape, startExporter } from '../stack.mjs';

const instance = 'second-host';
const configuration = { probes: ['oom_kills'], probe_path: [join(import.meta.dirname, '../../../config/probes')] };
const up = `up{job="santabpf",instance="${instance}"}`;
/** @type {import('../service.mjs').Service} */
let exporter;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'the exporter of a second host is killed',
  expected: [{ alert: 'SantaExporterDown', labels: { instance }, culprit: instance }],
  light: true,
  symptom: `${up} == 0`,
  async before(workspace, { folder, prometheus }) {
    const file = join(workspace.folder, 'santabpf.yaml');
    writeFileSync(file, JSON.stringify(configuration));
    exporter = await startExporter(file);
    workspace.cleanUp(exporter.stop);
    workspace.cleanUp(scrape(folder, instance, exporter.url));
    for (const deadline = Date.now() + 30_000; !(await hasResult(prometheus.url, `${up} == 1`)); await sleep(250)) {
      if (Date.now() > deadline) throw new Error(`Prometheus does not scrape ${instance}`);
    }
  },
  begin() {
    exporter.kill('SIGKILL');
  },
};
