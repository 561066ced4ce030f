import { createRecorder, recordedKinds, recorderSettings } from './app_recorder.js';
import { userFunctionsBy } from './app_symbols.js';
import type { CgroupNames } from './cgroups/cgroup_names.js';
import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import type { RepeatedWarnings } from './http/repeated_warnings.js';
import type { CpuWatch } from './kernel/cpu_watch.js';
import type { KernelContext } from './kernel/kernel_context.js';
import { SharedHook } from './kernel/shared_hook.js';
import { faultFields } from './log.js';
import type { ProbeStatus } from './metrics/probe_status.js';
import { CgroupFollower } from './probes/cgroup_follower.js';
import type { Meters } from './probes/running_program.js';
import { SharedPrograms } from './probes/shared_programs.js';
import { StackPrograms } from './probes/stack_programs.js';
import type { FlightRecorder } from './recorder/flight_recorder.js';
import { FrameSymbolizer } from './symbols/symbolizer.js';

/** What the parts are made of. */
export interface PartSurroundings {
  readonly kernel: KernelContext;
  readonly names: CgroupNames;
  readonly meters: Meters;
  readonly cpus: CpuWatch;
  /** The procfs of the host. */
  readonly proc: string;
  readonly warnings: RepeatedWarnings;
  /** Milliseconds, never going back. */
  now(): number;
}

/** Programs that belong to no probe, under the name that stands in place of a probe's. */
export type SharedStatus = Pick<ProbeStatus, 'name' | 'programs'>;

/** What belongs to no single probe: the programs that call the handlers of all, the follower of new cgroups, the flight recorder. */
export class SharedParts {
  readonly handlerCallers: ReturnType<typeof SharedHook.all>;
  readonly cgroups: CgroupFollower;
  /** Owns the symbolizer. */
  readonly recorder: FlightRecorder;
  /** Names stacks of processes for labels. Starts a helper process when it is first called. */
  readonly userFunctions: DecodeContext['userFunctions'];
  readonly #stacks: StackPrograms;
  readonly #programs: readonly Pick<SharedPrograms, 'count' | 'status'>[];

  constructor({ kernel, names, meters, cpus, proc, warnings, now }: PartSurroundings) {
    this.handlerCallers = SharedHook.all(kernel);
    this.cgroups = new CgroupFollower({
      kernel,
      names,
      proc,
      onFailure: (error) =>
        warnings.warn('Cannot follow new cgroups: those that live for seconds may lack their names', { err: error }),
    });
    this.#stacks = new StackPrograms({ kernel, meters, cpus, cgroups: this.cgroups, names });
    const symbolizer = new FrameSymbolizer({
      proc,
      onUnavailable: (reason) => warnings.warn(reason.message, faultFields(reason)),
    });
    this.userFunctions = userFunctionsBy(symbolizer);
    this.recorder = createRecorder({ stacks: this.#stacks, symbolizer, warnings, now });
    const sources = [...this.handlerCallers.values(), this.cgroups];
    this.#programs = [...sources.map((source) => new SharedPrograms(source, meters)), this.#stacks];
  }

  /** Records what a configuration asks for. */
  record(configuration: Configuration): Promise<void> {
    this.#stacks.identity = configuration.identity;
    return this.recorder.change(recorderSettings(configuration), recordedKinds(configuration));
  }

  /** Reads the counts of the programs. To be called once the probes are up, and at each scrape. */
  count(): SharedStatus[] {
    return this.#programs.map((programs) => {
      programs.count();
      return programs.status();
    });
  }
}
