import {
  type Counter,
  collectDefaultMetrics,
  type Gauge,
  Counter as NewCounter,
  Gauge as NewGauge,
  Registry,
} from 'prom-client';
import { ownMetricNames } from '../config/own_metric_names.js';
import { canFill, PROBE_STATES, type ProbeStatus } from './probe_status.js';
import { type RecorderFacts, RecorderMetrics } from './recorder_metrics.js';

/** The labels of `santabpf_build_info`. */
export type BuildLabels = Readonly<Record<'version' | 'libbpf' | 'node' | 'kernel', string>>;

/** What concerns all probes. */
export interface Totals {
  /** CPU time that the exporter has cost so far. */
  readonly costSeconds: number;
  /** CPU seconds per second that it may cost; undefined if it has no budget. */
  readonly budget: number | undefined;
  /** Programs that belong to no single probe, under names of their own. */
  readonly shared?: readonly Pick<ProbeStatus, 'name' | 'programs'>[];
  /** Changes of cgroups that were not followed; undefined if none are followed. */
  readonly lostCgroups?: number | undefined;
  /** Undefined while the flight recorder is off. */
  readonly recorder?: RecorderFacts | undefined;
}

// Not exported from prom-client's defaults. active_*: gauges whose names end in _total. Lag statistics: they cost a
// timer of 100 Hz. Heap spaces: 21 series that only developers of V8 need.
const LEFT_OUT = /^nodejs_(active_|eventloop_lag_.+_seconds$|heap_space_)/;

// prom-client starts its timer even if the statistics are not exported; with this period (24 days) it never fires.
const NEVER_MS = 2 ** 31 - 1;

/**
 * The exporter's metrics about itself, in a registry of prom-client. The kernel and the metrics of the probes own the
 * totals; `update` copies them. So a series ends with its probe, and nothing is counted twice.
 */
export class OwnMetrics {
  /** All metrics. */
  readonly registry = new Registry();
  /** The metrics that `update` sets. */
  readonly ofProbes = new Registry();
  /** Metrics of this process, which prom-client reads when asked. */
  readonly ofProcess = new Registry();
  readonly #probeMetrics: readonly ((probe: ProbeStatus) => void)[];
  readonly #copyPrograms: (programs: Pick<ProbeStatus, 'name' | 'programs'>) => void;
  readonly #reset: readonly (Counter | Gauge)[];
  readonly #costSeconds: Counter;
  readonly #budget: Gauge;
  readonly #lostCgroups: Counter;
  readonly #recorder: RecorderMetrics;
  readonly #reloadSuccessful: Gauge;
  readonly #reloadSeconds: Gauge;

  constructor(build: BuildLabels) {
    const made: (Counter | Gauge)[] = [];
    const registers = [this.registry, this.ofProbes];
    const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
      const metric = new NewCounter({ name, help, labelNames, registers });
      made.push(metric as unknown as Counter);
      return metric;
    };
    const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
      const metric = new NewGauge({ name, help, labelNames, registers });
      made.push(metric as unknown as Gauge);
      return metric;
    };

    const states = gauge(
      ownMetricNames.probeState,
      'State of the probe: 1 for the state it is in (up, unsupported, down or suspended), 0 for the others.',
      ['probe', 'state'],
    );
    const runSeconds = counter(
      ownMetricNames.programRunSeconds,
      'CPU time spent in the BPF program, in seconds: its runs times the time per run, which is measured at random moments. Absent if unknown.',
      ['probe', 'program'],
    );
    const entrySeconds = counter(
      ownMetricNames.programEntrySeconds,
      'CPU time that the kernel spent to reach the BPF program, in seconds: its runs times the cost of an empty program. Absent if unknown.',
      ['probe', 'program'],
    );
    const runs = counter(
      ownMetricNames.programRuns,
      'Runs of the BPF program, exactly. Absent for a program that does not count its runs.',
      ['probe', 'program'],
    );
    const probeBudget = gauge(
      ownMetricNames.probeBudget,
      'CPU seconds per second that the probe may cost the host. Absent for a probe without a budget of its own.',
      ['probe'],
    );
    const missed = counter(
      ownMetricNames.programMissedRuns,
      'Events that the BPF program missed because the kernel skipped its run. Absent where the kernel does not count them.',
      ['probe', 'program'],
    );
    const entries = gauge(
      ownMetricNames.mapEntries,
      'Entries in the BPF map at the last scrape. Arrays are not shown: they never fill up.',
      ['probe', 'map'],
    );
    const maxEntries = gauge(
      ownMetricNames.mapMaxEntries,
      'Capacity of the BPF map, in entries. Arrays are not shown: they never fill up.',
      ['probe', 'map'],
    );
    const lost = counter(
      ownMetricNames.lostUpdates,
      'Updates of the BPF map whose key found no place and that were counted in the series "other".',
      ['probe', 'map'],
    );
    const series = gauge(ownMetricNames.series, 'Samples that the metric had at the last scrape.', ['probe', 'metric']);
    const dropped = counter(
      ownMetricNames.seriesDropped,
      `Label sets over the metric's limit that were counted in its series "other".`,
      ['probe', 'metric'],
    );
    const decodeErrors = counter(
      ownMetricNames.decodeErrors,
      'Map entries skipped because their labels could not be decoded.',
      ['probe', 'metric'],
    );
    const events = counter(
      ownMetricNames.events,
      'Records read from the ring buffer or perf buffer of the BPF programs.',
      ['probe', 'buffer'],
    );
    const eventsMalformed = counter(
      ownMetricNames.eventsMalformed,
      'Records of the buffer that were too short for the struct named in the probe file, and were left out.',
      ['probe', 'buffer'],
    );
    const eventsLost = counter(
      ownMetricNames.eventsLost,
      'Records that did not fit into the perf buffer. Absent for a ring buffer: only its program knows what it could not write.',
      ['probe', 'buffer'],
    );
    const eventsReadSeconds = counter(
      ownMetricNames.eventsReadSeconds,
      "CPU time that the exporter's thread spent to read and count the records of the buffer, in seconds.",
      ['probe', 'buffer'],
    );
    const duration = gauge(
      ownMetricNames.scrapeDuration,
      "Time to read and decode the probe's maps at the last scrape, in seconds; of a late probe, so far.",
      ['probe'],
    );
    const success = gauge(
      ownMetricNames.scrapeSuccess,
      'Whether the last scrape read all maps of the probe in time (1) or not (0).',
      ['probe'],
    );

    this.#reset = [...made];
    const copyPrograms = ({ name: probe, programs }: Pick<ProbeStatus, 'name' | 'programs'>) => {
      for (const { name: program, ...program_ } of programs) {
        if (program_.runSeconds !== 'unknown') runSeconds.inc({ probe, program }, program_.runSeconds);
        if (program_.entrySeconds !== 'unknown') entrySeconds.inc({ probe, program }, program_.entrySeconds);
        if (program_.runs !== 'unknown') runs.inc({ probe, program }, program_.runs);
        if (program_.missedRuns !== 'unknown') missed.inc({ probe, program }, program_.missedRuns);
      }
    };
    this.#copyPrograms = copyPrograms;
    this.#probeMetrics = [
      ({ name: probe, state: current }) => {
        for (const state of PROBE_STATES) states.set({ probe, state }, state === current ? 1 : 0);
      },
      copyPrograms,
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
      ({ name: probe, events: buffers }) => {
        for (const { buffer, records, malformed, lost: lostRecords, seconds } of buffers) {
          events.inc({ probe, buffer }, records);
          eventsMalformed.inc({ probe, buffer }, malformed);
          if (lostRecords !== undefined) eventsLost.inc({ probe, buffer }, lostRecords);
          eventsReadSeconds.inc({ probe, buffer }, seconds);
        }
      },
      ({ name: probe, budget }) => {
        if (budget !== undefined) probeBudget.set({ probe }, budget);
      },
      ({ name: probe, lastScrape }) => {
        if (lastScrape === undefined) return;
        duration.set({ probe }, lastScrape.seconds);
        success.set({ probe }, lastScrape.success ? 1 : 0);
      },
    ];

    const info = gauge(
      ownMetricNames.buildInfo,
      'Versions of the exporter and of what it runs on, as labels; the value is always 1.',
      ['version', 'libbpf', 'node', 'kernel'],
    );
    info.set(build, 1);
    this.#costSeconds = counter(
      ownMetricNames.costSeconds,
      'CPU time that the exporter cost the host, in seconds: its BPF programs, the entry of their hooks, and its process. Programs of unknown cost are left out.',
      [],
    );
    this.#budget = gauge(
      ownMetricNames.budget,
      'CPU seconds per second that the exporter and all its probes may cost the host. Absent without a budget.',
      [],
    );
    this.#lostCgroups = counter(
      ownMetricNames.lostCgroups,
      'Cgroups made, renamed or removed that the exporter did not follow because there were too many at a time. Some may lack their names. Absent if no label names a cgroup.',
      [],
    );
    this.#reloadSuccessful = gauge(
      ownMetricNames.lastReloadSuccessful,
      'Whether the last attempt to load the configuration succeeded (1) or not (0).',
      [],
    );
    this.#reloadSeconds = gauge(
      ownMetricNames.lastReloadSuccessTimestamp,
      'Time of the last successful configuration load, in seconds since 1970.',
      [],
    );
    this.#recorder = new RecorderMetrics(registers);
    this.#collectProcess();
  }

  /**
   * Copies the state of all probes. Series of other probes end.
   */
  update(probes: Iterable<ProbeStatus>, { costSeconds, budget, shared = [], lostCgroups, recorder }: Totals): void {
    for (const metric of [...this.#reset, this.#costSeconds, this.#lostCgroups]) metric.reset();
    this.#costSeconds.inc(costSeconds);
    if (budget === undefined) this.#budget.remove();
    else this.#budget.set(budget);
    for (const probe of probes) {
      for (const copy of this.#probeMetrics) copy(probe);
    }
    for (const programs of shared) this.#copyPrograms(programs);
    if (lostCgroups === undefined) this.#lostCgroups.remove();
    else this.#lostCgroups.inc(lostCgroups);
    this.#recorder.update(recorder);
  }

  /**
   * Records an attempt to load the configuration, the first one at the start included.
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
