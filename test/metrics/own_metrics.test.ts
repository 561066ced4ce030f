import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { OwnMetrics } from '../../src/metrics/own_metrics.js';
import { probeStatus } from '../harness/probe_statuses.js';
import { needs } from '../harness/requirements.js';

const build = { version: '0.1.0', libbpf: '1.1', node: '20.17.0', kernel: '6.1.0' };
const samples = (text: string) => text.split('\n').filter((line) => line.startsWith('santabpf_'));

describe('OwnMetrics', () => {
  it('copies the state of the probes', async () => {
    const metrics = new OwnMetrics(build);
    metrics.loaded(true, 1_700_000_000);
    const down = { name: 'oops', state: 'down', series: 0, programs: [], maps: [], metrics: [], events: [] } as const;
    const { lastScrape: _, ...unread } = probeStatus(down);
    metrics.update([probeStatus(), unread], { costSeconds: 12.5, budget: 0.03 });
    expect(samples(await metrics.registry.metrics())).toEqual([
      'santabpf_probe_state{probe="execs",state="up"} 1',
      'santabpf_probe_state{probe="execs",state="unsupported"} 0',
      'santabpf_probe_state{probe="execs",state="down"} 0',
      'santabpf_probe_state{probe="execs",state="suspended"} 0',
      'santabpf_probe_state{probe="oops",state="up"} 0',
      'santabpf_probe_state{probe="oops",state="unsupported"} 0',
      'santabpf_probe_state{probe="oops",state="down"} 1',
      'santabpf_probe_state{probe="oops",state="suspended"} 0',
      'santabpf_program_run_seconds_total{probe="execs",program="exec"} 0.25',
      'santabpf_program_entry_seconds_total{probe="execs",program="exec"} 0.04',
      'santabpf_program_runs_total{probe="execs",program="exec"} 1000',
      'santabpf_program_missed_runs_total{probe="execs",program="exec"} 1',
      'santabpf_map_entries{probe="execs",map="execs"} 12',
      'santabpf_map_max_entries{probe="execs",map="execs"} 1024',
      'santabpf_lost_updates_total{probe="execs",map="execs"} 3',
      'santabpf_series{probe="execs",metric="santabpf_execs_total"} 12',
      'santabpf_series_dropped_total{probe="execs",metric="santabpf_execs_total"} 4',
      'santabpf_decode_errors_total{probe="execs",metric="santabpf_execs_total"} 5',
      'santabpf_events_total{probe="execs",buffer="records"} 9',
      'santabpf_events_malformed_total{probe="execs",buffer="records"} 1',
      'santabpf_events_lost_total{probe="execs",buffer="records"} 2',
      'santabpf_events_read_seconds_total{probe="execs",buffer="records"} 0.5',
      'santabpf_scrape_duration_seconds{probe="execs"} 0.001',
      'santabpf_scrape_success{probe="execs"} 1',
      'santabpf_build_info{version="0.1.0",libbpf="1.1",node="20.17.0",kernel="6.1.0"} 1',
      'santabpf_cost_seconds_total 12.5',
      'santabpf_budget_ratio 0.03',
      'santabpf_config_last_reload_successful 1',
      'santabpf_config_last_reload_success_timestamp_seconds 1700000000',
    ]);
  });

  it('has no series for what is unknown', async () => {
    const metrics = new OwnMetrics(build);
    const [program] = probeStatus().programs;
    const unknown = {
      ...program!,
      runs: 'unknown',
      runSeconds: 'unknown',
      entrySeconds: 'unknown',
      missedRuns: 'unknown',
    } as const;
    metrics.update([probeStatus({ programs: [unknown] })], { costSeconds: 12.5, budget: 0.03 });
    expect(samples(await metrics.registry.metrics()).filter((line) => line.includes('_program_'))).toEqual([]);
  });

  it('has the budgets there are', async () => {
    const metrics = new OwnMetrics(build);
    metrics.update([probeStatus({ budget: 0.01 }), probeStatus({ name: 'forks' })], {
      costSeconds: 12.5,
      budget: undefined,
    });
    const text = await metrics.registry.metrics();
    expect(samples(text).filter((line) => line.includes('budget'))).toEqual([
      'santabpf_probe_budget_ratio{probe="execs"} 0.01',
    ]);
    metrics.update([probeStatus()], { costSeconds: 13, budget: 0.02 });
    expect(samples(await metrics.registry.metrics()).filter((line) => /budget|cost/.test(line))).toEqual([
      'santabpf_cost_seconds_total 13',
      'santabpf_budget_ratio 0.02',
    ]);
  });

  it('does not count twice, and ends the series of a probe with the probe', async () => {
    const metrics = new OwnMetrics(build);
    metrics.update([probeStatus(), probeStatus({ name: 'forks' })], { costSeconds: 12.5, budget: 0.03 });
    metrics.update([probeStatus()], { costSeconds: 12.5, budget: 0.03 });
    const text = await metrics.registry.metrics();
    expect(text).toContain('santabpf_lost_updates_total{probe="execs",map="execs"} 3\n');
    expect(text).not.toContain('forks');
    expect(text).toContain('santabpf_build_info{');
  });

  it.each(['array', 'percpu_array'])(
    'shows only the lost updates of a map of type %s: it cannot fill up',
    async (type) => {
      const metrics = new OwnMetrics(build);
      metrics.update([probeStatus({ maps: [{ name: 'calls', type, entries: 512, maxEntries: 512, lost: 7 }] })], {
        costSeconds: 12.5,
        budget: 0.03,
      });
      const text = await metrics.registry.metrics();
      expect(text).not.toContain('santabpf_map_entries{');
      expect(text).not.toContain('santabpf_map_max_entries{');
      expect(text).toContain('santabpf_lost_updates_total{probe="execs",map="calls"} 7\n');
    },
  );

  it('keeps the time of the last good load when one fails', async () => {
    const metrics = new OwnMetrics(build);
    metrics.loaded(true, 100);
    metrics.loaded(false, 200);
    const text = await metrics.registry.metrics();
    expect(text).toContain('santabpf_config_last_reload_successful 0\n');
    expect(text).toContain('santabpf_config_last_reload_success_timestamp_seconds 100\n');
  });

  it('has process metrics, and promtool accepts all', needs({ commands: ['promtool'] }), async () => {
    const metrics = new OwnMetrics(build);
    metrics.update([probeStatus()], { costSeconds: 12.5, budget: 0.03 });
    const text = await metrics.registry.metrics();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_open_fds',
      'nodejs_eventloop_lag_seconds',
    ]) {
      expect(text).toContain(`# TYPE ${name} `);
    }
    expect(text).not.toMatch(/nodejs_active_|eventloop_lag_p99|heap_space/);
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(promtool.stdout + promtool.stderr).toBe('');
    expect(promtool.status).toBe(0);
  });
});
