import { Counter, Gauge, Registry } from 'prom-client';
import type { ProbeStatus } from './probe_status.js';

/** A loaded program by the kernel's numbers, which change with every start. */
export interface NumberedProgram {
  readonly name: string;
  readonly id: number;
  readonly tag: string;
}

/** A probe with its programs. */
export interface NumberedProbe {
  readonly status: Pick<ProbeStatus, 'name' | 'programs' | 'metrics'>;
  readonly programs: readonly NumberedProgram[];
}

const architectures: Readonly<Partial<Record<string, string>>> = { x64: 'amd64' };

/** What ebpf_exporter shows about itself, under its names: its dashboards and alerts go on working. */
export class ImitatedMetrics {
  readonly registry = new Registry();
  readonly #enabled: Gauge;
  readonly #info: Gauge;
  readonly #attached: Gauge;
  readonly #runSeconds: Gauge;
  readonly #runs: Counter;
  readonly #decoderErrors: Counter;

  /** @param prefix of all names @param version of this exporter */
  constructor(prefix: string, version: string) {
    const registers = [this.registry];
    const gauge = (name: string, help: string, labelNames: string[]) =>
      new Gauge({ name: prefix + name, help, labelNames, registers });
    const counter = (name: string, help: string, labelNames: string[]) =>
      new Counter({ name: prefix + name, help, labelNames, registers });
    const build = gauge('build_info', 'Version of SantaBPF, which runs the files of ebpf_exporter; always 1.', [
      'goarch',
      'goos',
      'version',
    ]);
    build.set({ goarch: architectures[process.arch] ?? process.arch, goos: process.platform, version }, 1);
    this.#enabled = gauge('enabled_configs', 'Configurations that run; always 1.', ['name']);
    this.#info = gauge('ebpf_program_info', 'Loaded BPF programs by the number of the kernel; always 1.', [
      'config',
      'program',
      'tag',
      'id',
    ]);
    this.#attached = gauge('ebpf_program_attached', 'Whether a loaded program is attached (1) or not (0).', ['id']);
    this.#runSeconds = gauge('ebpf_program_run_time_seconds', 'CPU time of a program since it was attached.', ['id']);
    this.#runs = counter('ebpf_program_run_count_total', 'Runs of a program since it was attached.', ['id']);
    this.#decoderErrors = counter('decoder_errors_total', 'Entries of maps whose labels could not be decoded.', [
      'config',
    ]);
  }

  /** Copies the state of all probes. Series of other probes end. */
  update(probes: readonly NumberedProbe[]): void {
    for (const metric of [this.#enabled, this.#info, this.#attached, this.#runSeconds]) metric.reset();
    this.#runs.reset();
    this.#decoderErrors.reset();
    for (const { status, programs } of probes) {
      this.#enabled.set({ name: status.name }, 1);
      const errors = status.metrics.reduce((sum, { decodeErrors }) => sum + decodeErrors, 0);
      this.#decoderErrors.inc({ config: status.name }, errors);
      for (const program of programs) this.#copyProgram(status, program);
    }
  }

  #copyProgram({ name: config, programs }: NumberedProbe['status'], { name, id, tag }: NumberedProgram): void {
    const status = programs.find((program) => program.name === name);
    const labels = { id: String(id) };
    this.#info.set({ config, program: name, tag, id: String(id) }, 1);
    this.#attached.set(labels, status === undefined ? 0 : 1);
    if (status === undefined) return;
    if (status.runSeconds !== 'unknown') this.#runSeconds.set(labels, status.runSeconds);
    if (status.runs !== 'unknown') this.#runs.inc(labels, status.runs);
  }
}
