/** What a configuration costs on this host: it is run for some seconds, as the exporter would, and ended. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../../config/configuration.js';
import { createApplication } from '../../create_application.js';
import { createLogger } from '../../log.js';
import type { ProbeState, ProbeStatus, ProgramStatus, StatusReason } from '../../metrics/probe_status.js';

export interface ProbePlan {
  readonly probe: string;
  readonly state: ProbeState;
  /** Why it is not up, or which part of it is missing. */
  readonly reason?: StatusReason;
  /** Null if a program does not count its runs. */
  readonly eventsPerSecond: number | null;
  /** With what the kernel takes to reach the program. Unknown (null) without events, or where it cannot be measured. */
  readonly nanosecondsPerEvent: number | null;
  /** CPU seconds per second; 1 is a whole CPU. */
  readonly cpuShare: number | null;
  /** Samples on the page. */
  readonly series: number;
}

export interface Plan {
  readonly seconds: number;
  readonly cpus: number;
  readonly probes: readonly ProbePlan[];
  /** CPU seconds of the exporter itself for one scrape. */
  readonly scrapeSeconds: number;
  /** Bytes of the page as text. */
  readonly pageBytes: number;
  /** What the kernel sets aside for the maps; null before Linux 4.12. */
  readonly mapBytes: number | null;
  /** CPU seconds per second that the configuration allows; null for no budget. */
  readonly budget: number | null;
}

/** All the time: the kernel's statistics, which cost every event some 50 ns, are on for these seconds. */
const sampling = { window: 1, interval: 0.01 };

const silence = { write: () => {} };

/**
 * Runs a configuration for some seconds. It counts what the host does meanwhile.
 * @throws Faults if the addon or the BTF file cannot be used
 */
export async function measure(
  configuration: Configuration,
  { seconds, btfFile, version }: { seconds: number; btfFile: string | undefined; version: string },
): Promise<Plan> {
  const logger = await createLogger({ level: 'error', format: 'json' }, silence);
  const application = createApplication(
    { roots: { proc: '/proc', sys: '/sys', root: '/' }, ...(btfFile !== undefined && { btfFile }) },
    { version, sampling, loadConfiguration: () => Promise.resolve(configuration) },
    logger,
  );
  try {
    // The recorder would write to the folder of a running exporter.
    await application.start({ ...configuration, recorder: undefined });
    // After the first scrape the cost of hooks is measured.
    await application.scrape();
    const before = new Map(application.probes().map((status) => [status.name, status]));
    const begin = performance.now();
    await sleep(seconds * 1000);
    const cpu = process.cpuUsage();
    const snapshot = await application.scrape();
    let pageBytes = 0;
    for await (const chunk of snapshot.render('text')) pageBytes += chunk.length;
    const { user, system } = process.cpuUsage(cpu);
    const elapsed = (performance.now() - begin) / 1000;
    return {
      seconds: elapsed,
      cpus: availableParallelism(),
      probes: application.probes().map((status) => planOf(status, before.get(status.name), elapsed)),
      scrapeSeconds: (user + system) / 1e6,
      pageBytes,
      mapBytes: bytesOfMaps(),
      budget: configuration.budget?.share ?? null,
    };
  } finally {
    await application.close();
  }
}

function planOf(now: ProbeStatus, before: ProbeStatus | undefined, seconds: number): ProbePlan {
  const earlier = new Map(before?.programs.map((program) => [program.name, program]));
  const growths = now.programs.map((program) => growth(program, earlier.get(program.name)));
  const events = sumOf(growths.map(({ events }) => events));
  const cpuSeconds = sumOf(growths.map(({ cpuSeconds }) => cpuSeconds));
  // What the sampler saw: for programs that do not count their runs.
  const shares = now.programs.map(({ cpuShare }) => (cpuShare === 'unknown' ? undefined : cpuShare));
  const cpuShare = cpuSeconds === undefined ? sumOf(shares) : cpuSeconds / seconds;
  const { name: probe, state, reason, series } = now;
  return {
    probe,
    state,
    ...(reason && { reason }),
    eventsPerSecond: events === undefined ? null : events / seconds,
    nanosecondsPerEvent: cpuSeconds === undefined || !events ? sampled(now.programs) : (cpuSeconds / events) * 1e9,
    cpuShare: cpuShare ?? null,
    series,
  };
}

/** What the kernel measured of a run, for a probe with one program that does not count its runs. */
function sampled(programs: readonly ProgramStatus[]): number | null {
  const [only, ...others] = programs;
  if (only === undefined || others.length > 0 || only.nanosecondsPerRun === 'unknown') return null;
  return only.nanosecondsPerRun;
}

/** CPU seconds are undefined where runs are counted but not measured. */
function growth(
  now: ProgramStatus,
  before: ProgramStatus | undefined,
): { events: number | undefined; cpuSeconds: number | undefined } {
  const events = difference(now.runs, before?.runs);
  const run = difference(now.runSeconds, before?.runSeconds);
  const entry = difference(now.entrySeconds, before?.entrySeconds);
  if (events === 0) return { events, cpuSeconds: 0 };
  return { events, cpuSeconds: run === undefined ? undefined : run + (entry ?? 0) };
}

/** What was unknown before has grown from nothing. */
function difference(now: number | 'unknown', before: number | 'unknown' | undefined): number | undefined {
  if (now === 'unknown') return undefined;
  return now - (before === undefined || before === 'unknown' ? 0 : before);
}

/** Of all maps that this process has open. */
function bytesOfMaps(): number | null {
  const sizes = new Map<string, number>();
  for (const descriptor of readdirSync('/proc/self/fdinfo')) {
    try {
      const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
      const [, id] = /^map_id:\t(\d+)$/m.exec(text) ?? [];
      const [, bytes] = /^memlock:\t(\d+)$/m.exec(text) ?? [];
      if (id !== undefined && bytes !== undefined) sizes.set(id, Number(bytes));
    } catch {
      // Closed since the folder was read.
    }
  }
  return sizes.size === 0 ? null : sum([...sizes.values()]);
}

/** Undefined if one is. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length ? undefined : sum(known);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
