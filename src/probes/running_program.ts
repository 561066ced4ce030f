import type { KernelProbe } from '../kernel/kernel_probe.js';
import { RunEstimate } from '../kernel/run_estimate.js';
import type { RunSampler, SampledProgram } from '../kernel/run_sampler.js';
import type { ProgramStatus } from '../metrics/probe_status.js';

/** An attached program with its runs. */
export interface RunningProgram {
  readonly name: string;
  readonly section: string;
  readonly estimate: RunEstimate;
  /** Undefined for iterators: each of their runs is measured. */
  readonly sampled: SampledProgram | undefined;
}

/** The attached programs of a probe. The sampler measures all but the iterators, until it is told to remove them. */
export function runningPrograms(kernel: KernelProbe, sampler: RunSampler): RunningProgram[] {
  const iterators = kernel.iterators();
  return kernel.programs().map(({ name, section }) => {
    if (iterators.includes(name)) return { name, section, sampled: undefined, estimate: new RunEstimate() };
    const sampled: SampledProgram = { counts: () => kernel.runCounts(name) };
    return { name, section, sampled, estimate: sampler.add(sampled) };
  });
}

/** The status of a program: its runs only if they can be measured. */
export function programStatus(
  { name, section, estimate, sampled }: RunningProgram,
  kernel: KernelProbe,
  sampler: RunSampler,
): ProgramStatus {
  const { nanosecondsPerRun, cpuShare } = estimate;
  return {
    name,
    section,
    ...((sampled === undefined || sampler.isAllowed) && { runs: estimate.runs, runSeconds: estimate.seconds }),
    missedRuns: kernel.runCounts(name).missed,
    ...(nanosecondsPerRun !== undefined && { nanosecondsPerRun }),
    ...(cpuShare !== undefined && { cpuShare }),
  };
}
