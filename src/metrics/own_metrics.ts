import {
  type Counter,
  collectDefaultMetrics,
  type Gauge,
  Counter as NewCounter,
  Gauge as NewGauge,
  Registry,
} from 'prom-client';
import { canFill, type ProbeStatus } from './probe_status.js';

/** Versions to show in `santabpf_build_info`, label name to value. */
export type BuildLabels = Readonly<Record<'version' | 'libbpf' | 'node' | 'kernel', string>>;

// Left out of prom-client's defaults. active_*: gauges whose names end in _total. Lag statistics: they cost a timer
// of 100 Hz. Heap spaces: 21 series that nobody who is not working on V8 has a use for.
const LEFT_OUT = /^nodejs_(active_|eventloop_lag_.+_seconds$|heap_space_)/;

// prom-client starts its timer even if the statistics are left out; at this period (24 days) it never fires.
const NEVER_MS = 2 ** 31 - 1;

/**
 * The exporter's metrics about itself, in a registry of prom-client. The totals are owned by those who count (the
 * kernel, the collectors): `update` copies them, so that a series leaves with its probe and none is ever counted twice.
 */
export class OwnMetrics {
  /** All of them. */
  readonly registry = new Registry();
  /** The part that `update` sets. */
  readonly ofProbes = new Registry();
  /** The part that is found out when it is asked for: about this process. */
  readonly ofProcess = new Registry();
  readonly #probeMetrics: readonly ((probe: ProbeStatus) => void)[];
  readonly #reset: readonly (Counter | Gauge)[];
  readonly #reloadSuccessful: Gauge;
  readonly #reloadSeconds: Gauge;

  constructor(build: BuildLabels) {
    const made: (Counter | Gauge)[] = [];
    const registers = [this.registry, this.ofProbes];
    const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
      const metric = new NewCounter({ name: `santabpf_${name}`, help, labelNames, registers });
      made.push(metric as unknown as Counter);
      return metric;
    };
    const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
      const metric = new NewGauge({ name: `santabpf_${name}`, help, labelNames, registers });
      made.push(metric as unknown as Gauge);
      return metric;
    };

    const up = gauge('probe_up', 'Whether the programs of the probe are attached (1) or not (0).', ['probe']);
    const runSeconds = counter(
      'program_run_seconds_total',
      'CPU time spent in the program, extrapolated from short windows of measurement.',
      ['probe', 'program'],
    );
    const runs = counter('program_runs_total', 'Runs of the program, extrapolated from short windows of measurement.', [
      'probe',
      'program',
    ]);
    const missed = counter(
      'program_missed_runs_total',
      'Runs that the kernel skipped because the program was running on that CPU already.',
      ['probe', 'program'],
    );
    const entries = gauge(
      'map_entries',
      'Entries in the BPF map at the last scrape; not of arrays, which never fill up.',
      ['probe', 'map'],
    );
    const maxEntries = gauge(
      'map_max_entries',
      'Entries that the BPF map has room for; not of arrays, which never fill up.',
      ['probe', 'map'],
    );
    const lost = counter(
      'lost_updates_total',
      'Updates that found the BPF map full and were counted in its series "other".',
      ['probe', 'map'],
    );
    const series = gauge('series', 'Series of the metric at the last scrape.', ['probe', 'metric']);
    const dropped = counter(
      'series_dropped_total',
      'Series that were over the limit of the metric and were counted in its series "other".',
      ['probe', 'metric'],
    );
    const decodeErrors = counter(
      'decode_errors_total',
      'Map entries left out because their key could not be decoded.',
      ['probe', 'metric'],
    );
    const duration = gauge(
      'scrape_duration_seconds',
      'Time taken to read and decode the maps of the probe at the last scrape.',
      ['probe'],
    );
    const success = gauge('scrape_success', 'Whether the last scrape read every map of the probe (1) or not (0).', [
      'probe',
    ]);

    this.#reset = [...made];
    this.#probeMetrics = [
      ({ name: probe, state }) => up.set({ probe }, state === 'up' ? 1 : 0),
      ({ name: probe, programs }) => {
        for (const { name: program, ...program_ } of programs) {
          if (program_.runSeconds !== undefined) runSeconds.inc({ probe, program }, program_.runSeconds);
          if (program_.runs !== undefined) runs.inc({ probe, program }, program_.runs);
          missed.inc({ probe, program }, program_.missedRuns);
        }
      },
      ({ name: probe, maps }) => {
        for (const { name: map, ...map_ } of maps) {
          if (canFill(map_)) {
            entries.set({ probe, map }, map_.entries);
            maxEntries.set({ probe, map }, map_.maxEntries);
          }
          lost.inc({ probe, map }, map_.lost);
        }
      },
      ({ name: probe, metrics }) => {
        for (const { name: metric, ...metric_ } of metrics) {
          series.set({ probe, metric }, metric_.series);
          dropped.inc({ probe, metric }, metric_.dropped);
          decodeErrors.inc({ probe, metric }, metric_.decodeErrors);
        }
      },
      ({ name: probe, lastScrape }) => {
        if (lastScrape === undefined) return;
        duration.set({ probe }, lastScrape.seconds);
        success.set({ probe }, lastScrape.success ? 1 : 0);
      },
    ];

    const info = gauge('build_info', 'Always 1; the labels tell what is running.', [
      'version',
      'libbpf',
      'node',
      'kernel',
    ]);
    info.set(build, 1);
    this.#reloadSuccessful = gauge(
      'config_last_reload_successful',
      'Whether the last attempt to load the configuration succeeded.',
      [],
    );
    this.#reloadSeconds = gauge(
      'config_last_reload_success_timestamp_seconds',
      'When the configuration was last loaded, in seconds since 1970.',
      [],
    );
    this.#collectProcess();
  }

  /** Copies the state of the probes. Series of probes that are not among them are gone. */
  update(probes: Iterable<ProbeStatus>): void {
    for (const metric of this.#reset) metric.reset();
    for (const probe of probes) {
      for (const copy of this.#probeMetrics) copy(probe);
    }
  }

  /**
   * Notes an attempt to load the configuration; the first one at the start counts.
   * @param now seconds since 1970
   */
  loaded(success: boolean, now: number): void {
    this.#reloadSuccessful.set(success ? 1 : 0);
    if (success) this.#reloadSeconds.set(now);
  }

  #collectProcess(): void {
    const register = this.ofProcess;
    collectDefaultMetrics({ register, eventLoopMonitoringPrecision: NEVER_MS });
    for (const { name } of register.getMetricsAsArray()) {
      if (LEFT_OUT.test(name)) register.removeSingleMetric(name);
      else this.registry.registerMetric(register.getSingleMetric(name)!);
    }
  }
}
