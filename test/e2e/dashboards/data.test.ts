import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityLabels } from '../../../dashboards/src/query.js';
import {
  dashboardFiles,
  dataPanels,
  selectorsOf,
  substituted,
  variableValues,
} from '../../dashboards/dashboard_files.js';
import { type RunningExporter, shippedProbePath, startExporter } from '../../harness/exporter.js';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { memoryController } from '../../harness/memory_controller.js';
import { needs } from '../../harness/requirements.js';
import { type Course, PrometheusServer } from '../prometheus_server.js';
import { MixedLoad } from './mixed_load.js';
import { Pod } from './pod.js';

/** Seconds of the shortest time range, longer than the 15 s between two windows of the cost measurement. */
const SHORTEST = 30;
/** How often the load does everything in the time range. A rate needs it twice. */
const ROUNDS = 2;

/** Queries that are empty under this load, with the reason. */
const MAY_BE_EMPTY: Readonly<Record<string, string>> = {
  'santabpf-exporter / Missed runs / A': 'the kernel skips few runs',
  'santabpf-exporter / Dropped series, decode errors, lost names / B': 'every shipped probe decodes what it counts',
  'santabpf-exporter / Dropped series, decode errors, lost names / C': 'few cgroups are made',
  'santabpf-exporter / Lost and malformed records / A': 'the buffers have room',
  'santabpf-exporter / Recorder errors and lost stacks / A': 'everything is written',
  'santabpf-exporter / Recorder errors and lost stacks / B': 'the maps have room for these stacks',
  'santabpf-exporter / Recorder errors and lost stacks / C': 'most user stacks can be read',
};

const recordings = mkdtempSync(join(tmpdir(), 'santabpf-recordings-'));

// All probes with all their options, and the flight recorder. One map and one series limit are too small, to make the exporter lose data.
const everything = `identity: [command, namespace, pod]
probes:
  - syscalls
  - syscall_latency
  - execs
  - { probe: forks, budget: { percent_of_one_cpu: 50 } }
  - exits
  - short_lived
  - { probe: opens, limit: 1 }
  - reads_writes
  - page_cache
  - biolatency
  - { probe: blocked_tasks, constants: { shortest_ns: 1000000000 } }
  - { probe: cpu_seconds, maps: { cpu_time: { max_entries: 2 } } }
  - cpu_throttling
  - { probe: runqlat, constants: { by_command: true } }
  - tcp
  - tcp_segments
  - accept_queue
  - { probe: packet_drops, identity: [unit] }
  - oom_kills
  - memory_reclaim
  - { probe: privileges, constants: { root_capabilities: 0x200000 } }
  - kernel_changes
  - profile
  - off_cpu
  - { probe: records, constants: { teller: ${process.pid} } }
probe_path: ["${shippedProbePath}", .]
flight_recorder: { path: ${recordings} }
`;

const queries = dataPanels.flatMap(({ dashboard, panel }) =>
  panel.targets!.map((target) => ({
    ...target,
    title: panel.title,
    place: `${dashboard.uid} / ${panel.title} / ${target.refId}`,
  })),
);
/** The query for what did not happen yields data only where the others do not. */
const ofEvents = queries.filter(({ refId }) => refId !== 'Z');
/** Queries that yield a zero, or a row that says so, where nothing happened. */
const withZero = queries.filter(({ refId, expr }) => refId === 'Z' || expr.includes(') or on () ('));
const alerting = (alert: string) => ({ alert, expr: 'up >= 0', labels: { severity: 'info', scenario: 'test' } });

describe(
  'dashboards',
  needs({ root: true, bpf: true, commands: ['prometheus', 'losetup'], files: ['/dev/loop-control', memoryController] }),
  () => {
    let exporter: RunningExporter;
    let prometheus: PrometheusServer;
    let end: number;
    /** Seconds of the time range and of the window of a rate. */
    let shown: number;
    let rateInterval: number;
    let variables: Record<string, string>;
    let pod: Pod;

    beforeAll(async () => {
      pod = new Pod('shop', 'web-7d4b9c6f5d-x2k4z');
      exporter = await startExporter({
        config: everything,
        files: fixtureProbe('records').files!,
        arguments: [`--path.rootfs=${pod.root}`],
        patience: 60_000,
      });
      prometheus = await PrometheusServer.start(
        { santabpf: `${exporter.url}/metrics` },
        { interval: '1s', rules: [alerting('SantaTestFires'), { ...alerting('SantaTestPends'), for: '1h' }] },
      );
      // A new series counts from zero only if the exporter was scraped before the time range begins.
      while ((await prometheus.query('santabpf_build_info')).length === 0) await sleep(100);
      await sleep(1_000);
      const load = new MixedLoad(process.pid, pod);
      const start = Date.now() / 1000;
      load.start();
      await sleep((SHORTEST + 2) * 1000);
      while (load.rounds < ROUNDS) await sleep(500);
      await load.stop();
      // A busy machine misses scrapes, and a target whose scrape failed has no series.
      end = Date.now() / 1000 - 1;
      while ((await prometheus.query('santabpf_build_info', end)).length === 0) end--;
      shown = Math.floor(end - start);
      rateInterval = Math.floor((shown * 2) / 3);
      variables = variableValues(shown, rateInterval);
    }, 600_000);
    afterAll(async () => {
      await prometheus?.stop();
      await exporter?.stop();
      await pod?.remove();
      rmSync(recordings, { recursive: true });
    });

    const ask = async (expr: string, instant: boolean): Promise<Course[]> => {
      if (!instant) return prometheus.course(expr, end - shown + rateInterval, end);
      const found = await prometheus.query(expr, end);
      return found.map(({ metric, value: [, value] }) => ({ metric, values: [value] }));
    };

    test.each(ofEvents.map((query) => [query.place, query] as const))(
      '%s has data',
      async (place, { expr, instant }) => {
        const found = await ask(substituted(expr, variables), instant);
        const numbers = found.flatMap(({ values }) => values).filter((value) => value !== 'NaN');
        if (place in MAY_BE_EMPTY) return;
        expect(numbers.length, expr).toBeGreaterThan(0);
      },
    );

    test('every selector of every query finds series', async () => {
      const selectors = new Set(
        ofEvents
          .filter(({ place }) => !(place in MAY_BE_EMPTY))
          .flatMap(({ expr }) => selectorsOf(substituted(expr, variables))),
      );
      const empty: string[] = [];
      // The overview asks for alerts by name; only those of this test are there.
      const isNamedAlert = (selector: string) => selector.startsWith('ALERTS') && !selector.includes('"Santa.+"');
      for (const selector of selectors) {
        if (isNamedAlert(selector)) continue;
        if ((await prometheus.query(`count(last_over_time(${selector}[${shown}s]))`, end)).length === 0)
          empty.push(selector);
      }
      expect(empty).toEqual([]);
    });

    test('legends and columns name only labels that the data has', async () => {
      for (const { place, expr, instant, legendFormat } of ofEvents) {
        if (place in MAY_BE_EMPTY) continue;
        const labels = [...(legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        const [found] = await ask(substituted(expr, variables), instant);
        for (const label of labels) expect(Object.keys(found!.metric), place).toContain(label);
      }
      for (const { dashboard, panel } of dataPanels.filter((one) => one.panel.type === 'table')) {
        const columns = panel.transformations!.find(({ id }) => id === 'organize')!.options.renameByName!;
        const labels = Object.keys(columns).filter((name) => !name.startsWith('Value'));
        // A table by identity has a column for each label that the variable may choose.
        const optional: string[] = labels.includes('identity') ? ['identity', ...identityLabels] : [];
        // Only a table without another row has it.
        if (labels.includes('remark')) optional.push('remark');
        // The alert of this test has neither; test/dashboards/culprits.test.ts has alerts with them.
        if (labels.includes('alertname')) optional.push('culprit', 'dashboard');
        for (const { expr } of panel.targets!) {
          const rows = await ask(substituted(expr, variables), true);
          const place = `${dashboard.uid} / ${panel.title} ${JSON.stringify(rows[0]?.metric)}`;
          const found = [...new Set(rows.flatMap(({ metric }) => Object.keys(metric)))];
          expect(labels, place).toEqual(expect.arrayContaining(found));
          const needed = labels.filter((label) => label === 'command' || !optional.includes(label));
          expect(found, place).toEqual(expect.arrayContaining(needed));
        }
      }
    });

    test('panels show a zero, or say what did not happen, where their probe is up', async () => {
      const unfiltered = new Set(
        dataPanels
          .filter(({ panel }) => panel.targets!.some(({ expr }) => !expr.includes('command=~"$command"')))
          .map(({ panel }) => panel.title),
      );
      const filtered = withZero.filter(({ title }) => !unfiltered.has(title));
      expect(filtered.length).toBeGreaterThan(50);
      const empty: string[] = [];
      for (const { place, expr, instant } of filtered) {
        const found = await ask(substituted(expr, { ...variables, command: 'runs-nowhere' }), instant);
        if (found.length === 0) empty.push(place);
      }
      expect(empty).toEqual([]);
    });

    test('panels are empty where no probe is up', async () => {
      const full: string[] = [];
      for (const { place, expr, instant } of withZero) {
        const found = await ask(substituted(expr, { ...variables, job: 'another' }), instant);
        // Alerts are those of all jobs.
        if (found.length > 0 && !expr.includes('ALERTS{')) full.push(place);
      }
      expect(full).toEqual([]);
    });

    test('panels in percent show values from 0 to 1', async () => {
      for (const { dashboard, panel } of dataPanels) {
        if (panel.fieldConfig?.defaults.unit !== 'percentunit') continue;
        for (const { expr } of panel.targets!) {
          const found = await ask(substituted(expr, variables), false);
          for (const value of found.flatMap(({ values }) => values).filter((one) => one !== 'NaN')) {
            expect(Number(value), `${dashboard.uid} / ${panel.title}`).toBeGreaterThanOrEqual(0);
            expect(Number(value), `${dashboard.uid} / ${panel.title}`).toBeLessThanOrEqual(1);
          }
        }
      }
    });

    test('the queries that may be empty exist', () => {
      const places = queries.map(({ place }) => place);
      expect(Object.keys(MAY_BE_EMPTY).filter((place) => !places.includes(place))).toEqual([]);
    });

    test.each(dashboardFiles.map(({ uid, templating }) => [uid, templating.list] as const))(
      'the variables of %s have values',
      async (_, list) => {
        for (const { name, query } of list) {
          const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
          // No process of this load is in a unit.
          if (selector === undefined || name === 'unit') continue;
          expect(await prometheus.labelValues(label!, substituted(selector, variables)), name).not.toEqual([]);
        }
      },
    );
  },
);
