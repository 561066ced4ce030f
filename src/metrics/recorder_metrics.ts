import { Counter, Gauge, type Registry } from 'prom-client';
import { ownMetricNames } from '../config/own_metric_names.js';

/** What the flight recorder shows of itself. */
export interface RecorderFacts {
  readonly windows: number;
  readonly bytes: number;
  /** By kind of stacks. */
  readonly lost: Readonly<Record<string, number>>;
  readonly incomplete: number;
  readonly errors: number;
  /** Unix milliseconds. */
  readonly lastWrite: number | undefined;
  readonly functions: readonly { readonly command: string; readonly function: string; readonly ratio: number }[];
}

/** The metrics of the flight recorder. They have no series while it is off. */
export class RecorderMetrics {
  readonly #gauges: readonly Gauge<never>[];
  readonly #counters: readonly Counter<never>[];
  readonly #lost: Counter<'kind'>;
  readonly #functions: Gauge<'command' | 'function'>;

  constructor(registers: Registry[]) {
    const gauge = (name: string, help: string) => new Gauge<never>({ name, help, registers });
    const counter = (name: string, help: string) => new Counter<never>({ name, help, registers });
    this.#gauges = [
      gauge(ownMetricNames.recorderWindows, 'Windows of stacks that the flight recorder has on disk.'),
      gauge(ownMetricNames.recorderBytes, 'Size of the files of the flight recorder, in bytes.'),
      gauge(
        ownMetricNames.recorderLastWrite,
        'Time when the flight recorder last wrote a window, in seconds since 1970. Absent before the first one.',
      ),
    ];
    this.#counters = [
      counter(
        ownMetricNames.recorderIncomplete,
        'Stacks of processes that were recorded without their user part, because it could not be read.',
      ),
      counter(
        ownMetricNames.recorderErrors,
        'Failed operations of the flight recorder; the log has each kind of them.',
      ),
    ];
    this.#lost = new Counter({
      name: ownMetricNames.recorderLost,
      help: 'CPU samples (kind cpu) and nanoseconds off the CPU (offcpu) that are in no window: a map or a window was full, or a write failed.',
      labelNames: ['kind'],
      registers,
    });
    this.#functions = new Gauge({
      name: ownMetricNames.functionCpuRatio,
      help: 'Share of the CPU samples of the last minute that were taken in the function itself; the five largest. Absent while the flight recorder is off.',
      labelNames: ['command', 'function'],
      registers,
    });
  }

  /** @param facts undefined while the recorder is off */
  update(facts: RecorderFacts | undefined): void {
    this.#lost.reset();
    this.#functions.reset();
    for (const metric of [...this.#gauges, ...this.#counters]) metric.remove();
    if (facts === undefined) return;
    const { windows, bytes, lastWrite, incomplete, errors } = facts;
    for (const [i, value] of [windows, bytes, lastWrite && lastWrite / 1000].entries()) {
      if (value !== undefined) this.#gauges[i]!.set(value);
    }
    for (const [i, value] of [incomplete, errors].entries()) this.#counters[i]!.inc(value);
    for (const [kind, value] of Object.entries(facts.lost)) this.#lost.inc({ kind }, value);
    for (const { command, function: name, ratio } of facts.functions) {
      this.#functions.set({ command, function: name }, ratio);
    }
  }
}
