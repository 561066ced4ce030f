import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DashboardFile, substituted, variableValues } from '../../dashboards/dashboard_files.js';
import { type RunningExporter, shippedProbePath, startExporter } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import { santabpf } from '../command.js';
import { fixtureNeeds, tell, toldProbe } from '../probes.js';
import { PrometheusServer } from '../prometheus_server.js';

/** Seconds of the time range, and of the window of a rate. */
const SHOWN = 12;
const RATE_INTERVAL = 6;

const script = `rawtracepoint:sched_process_exec {
  @runs[comm] = count();
  @largest[comm] = max(pid);
  @sizes[comm] = hist(pid);
}`;

/** What the command is given, and the probe whose dashboard it writes. FOLDER is that of the configuration. */
const operands = [
  ['told', 'told'],
  ['FOLDER/told.yaml', 'told'],
  ['FOLDER/runs.bt', 'runs'],
  [join(shippedProbePath, 'opens.yaml'), 'opens'],
] as const;

describe('santabpf dashboard', needs({ ...fixtureNeeds, commands: ['bpftool', 'prometheus'] }), () => {
  let exporter: RunningExporter;
  let prometheus: PrometheusServer;
  let end: number;

  beforeAll(async () => {
    exporter = await startExporter({
      config: `probes: [told, ./runs.bt, opens]\nprobe_path: [., "${shippedProbePath}"]\nmetric_prefix: mine_\nprobe_deadline: 1m\n`,
      files: { 'told.yaml': toldProbe(), 'runs.bt': script },
      patience: 60_000,
    });
    prometheus = await PrometheusServer.start({ santabpf: `${exporter.url}/metrics` }, { interval: '1s' });
    while ((await prometheus.query('santabpf_build_info')).length === 0) await sleep(100);
    const until = Date.now() + (SHOWN + 3) * 1000;
    while (Date.now() < until) {
      tell(1, [1, 2, 3]);
      spawnSync('cat', ['/nonexistent']);
      await sleep(200);
    }
    end = Date.now() / 1000 - 1;
  }, 120_000);
  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.stop();
  });

  test.each(operands)('every query for %s has data', async (operand, probe) => {
    const file = join(exporter.folder, 'dashboard.json');
    const words = [
      'dashboard',
      operand.replace('FOLDER', exporter.folder),
      `--config.file=${exporter.configFile}`,
      `--output=${file}`,
    ];
    expect(santabpf(words)).toEqual({
      status: 0,
      stdout: `Wrote ${file}. Next, in Grafana: Dashboards, New, Import.\n`,
      stderr: '',
    });
    const { uid, panels, templating } = JSON.parse(readFileSync(file, 'utf8')) as DashboardFile;
    expect(uid).toBe(`santabpf-probe-${probe}`);
    const variables = { ...variableValues(SHOWN, RATE_INTERVAL) };
    for (const { name } of templating.list) variables[name] ??= '.*';
    for (const { title, targets = [] } of panels) {
      for (const { expr, instant, refId } of targets) {
        // What did not happen.
        if (refId === 'Z') continue;
        const query = substituted(expr, variables);
        const found = instant
          ? await prometheus.query(query, end)
          : await prometheus.course(query, end - SHOWN + RATE_INTERVAL, end);
        expect(found.length, `${title} ${refId}: ${query}`).toBeGreaterThan(0);
      }
    }
    for (const { name, query } of templating.list) {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      if (selector === undefined) continue;
      expect(await prometheus.labelValues(label!, substituted(selector, variables)), name).not.toEqual([]);
    }
  });

  test('is written to standard output, and says what is wrong', () => {
    const { status, stdout } = santabpf(['dashboard', 'opens']);
    expect({ status, uid: (JSON.parse(stdout) as DashboardFile).uid }).toEqual({
      status: 0,
      uid: 'santabpf-probe-opens',
    });
    expect(santabpf(['dashboard', 'opnes'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/Unknown probe "opnes".*CONFIG_PROBE_UNKNOWN\]\n {2}Did you mean "opens"\?/),
    });
    expect(santabpf(['dashboard', 'opens', '--output=/nowhere/opens.json'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('OUTPUT_FAILED'),
    });
    expect(santabpf(['dashboard'])).toMatchObject({ status: 2, stdout: '' });
  });
});
