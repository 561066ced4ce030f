import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { type ExporterOptions, patientDeadline, type RunningExporter, startExporter } from '../harness/exporter.js';
import { type ParsedSample, parseExposition } from '../harness/exposition_parser.js';

const root = join(import.meta.dirname, '../..');
const objects = join(root, '.cache/e2e');
const workload = join(root, 'build/test/workload');
let compiled = false;

/** The names of the probes that the default configuration runs. */
export const { probes: defaultProbes } = parse(readFileSync(join(root, 'config/santabpf.yaml'), 'utf8')) as {
  readonly probes: readonly string[];
};

/** Requirements of tests with the fixtures of test/e2e/bpf. */
export const fixtureNeeds = { root: true, bpf: true, commands: ['bpftool'], files: [workload] } as const;

/** The path of the BPF object compiled from test/e2e/bpf/NAME.bpf.c. */
export function objectOf(name: 'told' | 'faulty' | 'typeless'): string {
  if (!compiled) {
    const parameters = [join(root, 'bpf/build.mjs'), '--source', join(root, 'test/e2e/bpf'), '--output', objects];
    execFileSync(process.execPath, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
    compiled = true;
  }
  return join(objects, `${name}.bpf.o`);
}

/** Text of a main file that runs probes from its own folder and shipped ones. */
export function mainFileOf(...probes: string[]): string {
  return `probes: [${probes.join(', ')}]\nprobe_path: [".", "${join(root, 'config/probes')}"]\n${patientDeadline}`;
}

/** Text of a probe file for the BPF object told, which counts the values that `tell` sends with the same kind. */
export function toldProbe({ name = 'told', kind = 1, settings = '', metrics = toldMetrics(name) } = {}): string {
  return `probe: ${name}
summary: Counts values that tests send.
object: ${objectOf('told')}
constants: { wanted_kind: ${kind} }
${settings}
metrics:
${metrics}
`;
}

export function toldMetrics(name: string): string {
  return `  - name: ${name}_total
    type: counter
    help: Values told.
    map: values
    labels:
      value: { field: value }
      parity: { field: parity, decode: { map: { 0: even, 1: odd } } }
  - { name: ${name}_commands_total, type: counter, help: Tellers., map: commands, labels: { command: { field: name } } }
  - { name: ${name}_sizes, type: histogram, help: Sizes told., map: sizes }
  - { name: ${name}_calls_total, type: counter, help: Calls., map: .bss, value: calls }`;
}

/** Text of a probe file for the BPF object faulty that loads only these programs. */
export function faultyProbe(name: string, ...programs: string[]): string {
  const all = ['out_of_bounds', 'at_entry', 'at_no_hook', 'at_no_function', 'classic', 'harmless'];
  // The first loadable program of a list wins, so the harmless one in front keeps the unused programs from loading.
  const unused = all.filter((program) => !programs.includes(program) && program !== 'harmless');
  return `probe: ${name}
summary: Does not work everywhere.
object: ${objectOf('faulty')}
programs:
  alternatives:
    - [${['harmless', ...unused].join(', ')}]
${programs.map((program) => `    - [${program}]`).join('\n')}
metrics:
  - { name: ${name}_total, type: counter, help: Counts., map: counts, labels: { index: {} } }
`;
}

/** Sends each value `times` times to the probes of this kind, from a process named `command`. Returns when all are sent. */
export function tell(times: number, values: readonly number[], { kind = 1, command = 'teller' } = {}): void {
  run(['--comm', command, 'values', String(times), String(kind), ...values.map(String)]);
}

/** Sends every value from 0 to `below` - 1 twice, from two threads at once. */
export function tellAll(below: number, kind = 1): void {
  run(['race', String(below), String(kind)]);
}

function run(parameters: readonly string[]): void {
  const { status, stderr } = spawnSync(workload, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The workload failed: ${stderr}`);
}

/** Starts an exporter that is stopped at the end of the test. */
export async function exporterOf(options: ExporterOptions): Promise<RunningExporter> {
  const exporter = await startExporter({ patience: 25_000, ...options });
  onTestFinished(async () => void (await exporter.stop()));
  return exporter;
}

/** The text and samples of one scrape. */
export class Scrape {
  readonly samples: readonly ParsedSample[];

  constructor(readonly text: string) {
    this.samples = parseExposition(text, 'text').flatMap((family) => family.samples);
  }

  static async of(exporter: Pick<RunningExporter, 'get'>): Promise<Scrape> {
    return new Scrape(await exporter.get('/metrics', { accept: 'text/plain' }));
  }

  /** Values of a metric by the value of one of its labels. */
  by(label: string, metric: string): Map<string, number> {
    const samples = this.samples.filter(({ name }) => name === `santabpf_${metric}`);
    return new Map(samples.map(({ labels, value }) => [labels[label] ?? '', value]));
  }

  /** The state of each probe by its name. */
  states(): Map<string, string> {
    const current = this.samples.filter(({ name, value }) => name === 'santabpf_probe_state' && value === 1);
    return new Map(current.map(({ labels }) => [labels.probe ?? '', labels.state ?? '']));
  }

  /** The value of the one series of a metric with these labels, undefined if there is none. Throws if there are more. */
  value(metric: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.samples.filter(
      (sample) =>
        sample.name === `santabpf_${metric}` &&
        Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
    );
    if (found.length > 1) throw new Error(`${found.length} series of ${metric} match, not one`);
    return found[0]?.value;
  }

  sum(metric: string): number {
    return this.samples
      .filter(({ name }) => name === `santabpf_${metric}`)
      .reduce((total, { value }) => total + value, 0);
  }
}

/** A probe in the answer of `/probes`. */
export interface ShownProbe {
  readonly name: string;
  readonly state: string;
  readonly reason?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** The probes of `/probes` by name. */
export async function shownProbes(exporter: Pick<RunningExporter, 'get'>): Promise<Record<string, ShownProbe>> {
  const { probes } = JSON.parse(await exporter.get('/probes')) as { probes: ShownProbe[] };
  return Object.fromEntries(probes.map((probe) => [probe.name, probe]));
}
