import type { CgroupNames } from '../cgroups/cgroup_names.js';
import type { CgroupId } from '../cgroups/cgroup_table.js';
import { cgroupLabels } from '../cgroups/labels.js';
import type { IdentityLabel } from '../config/identity_labels.js';
import { parseBtf } from '../decode/btf/parser.js';
import { encodeConstant } from '../decode/constants.js';
import { narrow } from '../decode/integer.js';
import type { CpuFollower, CpuWatch } from '../kernel/cpu_watch.js';
import type { KernelContext } from '../kernel/kernel_context.js';
import type { ProgramStatus } from '../metrics/probe_status.js';
import type { ProfileKind } from '../stacks/profile.js';
import type { StackSource } from '../stacks/stack_collector.js';
import { StackProgram } from '../stacks/stack_program.js';
import type { StackLabels } from '../stacks/stack_reader.js';
import type { CgroupFollower } from './cgroup_follower.js';
import { ownConstants } from './own_constants.js';
import { type Meters, RunningProgram } from './running_program.js';

/** The name that stands where others have the name of their probe. */
const stackPrograms = 'flight_recorder';

interface Loaded {
  readonly programs: readonly RunningProgram[];
  /** Sampling programs follow CPUs that come and go. */
  readonly follower: CpuFollower | undefined;
}

/** What the programs work with. */
export interface StackSurroundings {
  readonly kernel: KernelContext;
  readonly meters: Meters;
  readonly cpus: CpuWatch;
  readonly cgroups: CgroupFollower;
  readonly names: CgroupNames;
}

/** Loads the programs that sum by stack, and knows what they cost. */
export class StackPrograms {
  /** Labels that stacks have besides their command. Programs that are loaded later have them. */
  identity: readonly IdentityLabel[] = [];
  readonly #surroundings: StackSurroundings;
  readonly #loaded = new Set<Loaded>();

  constructor(surroundings: StackSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Loads and attaches the program of a kind. @throws SantaError */
  async load(kind: ProfileKind): Promise<StackSource> {
    const { kernel: context, meters, cpus, cgroups, names } = this.#surroundings;
    const places = this.identity.filter((label) => label !== 'command');
    const hasPlaces = places.length > 0;
    const program = await StackProgram.load(context, kind, labelsBy(places, names), (bytes) => {
      const btf = parseBtf(bytes);
      const { identity_hierarchy } = ownConstants(context);
      return [
        encodeConstant(btf, 'identity_cgroup', hasPlaces),
        encodeConstant(btf, 'identity_hierarchy', identity_hierarchy),
      ];
    });
    if (hasPlaces) await cgroups.open();
    const { kernel } = program;
    const { sampling } = kernel;
    const loaded: Loaded = {
      programs: kernel.programs().map(({ name, section }) => new RunningProgram(name, section, kernel, meters)),
      follower: sampling && { follow: (cpus) => void sampling.follow(cpus) },
    };
    if (loaded.follower) cpus.add(loaded.follower);
    this.#loaded.add(loaded);
    return {
      collect: () => program.collect(),
      follow: (interpreters) => program.follow(interpreters),
      close: () => {
        if (!this.#loaded.delete(loaded)) return;
        if (loaded.follower) cpus.remove(loaded.follower);
        for (const one of loaded.programs) one.close(meters.sampler);
        program.close();
        if (hasPlaces) cgroups.close();
      },
    };
  }

  /** Reads the counts of the programs. */
  count(): void {
    for (const { programs } of this.#loaded) for (const program of programs) program.count();
  }

  /** As of the last `count`. */
  status(): { name: string; programs: ProgramStatus[] } {
    const programs = [...this.#loaded].flatMap((loaded) => loaded.programs.map((program) => program.status()));
    return { name: stackPrograms, programs };
  }
}

/** Labels of stacks: the command, and what is known of the cgroup. */
function labelsBy(places: readonly Exclude<IdentityLabel, 'command'>[], names: CgroupNames): StackLabels {
  const idOf = (cgroup: bigint): CgroupId => narrow(cgroup);
  return {
    async prepare(cgroups) {
      if (places.length === 0) return;
      for (const cgroup of cgroups) names.want(idOf(cgroup));
      await names.load();
    },
    of(command, cgroup) {
      const known = places.length === 0 ? undefined : names.get(idOf(cgroup));
      const ofCgroup =
        known === undefined ? [] : places.map((label) => [label, cgroupLabels[label](known, names.containers)]);
      return { command, ...Object.fromEntries(ofCgroup.filter(([, text]) => text !== '')) };
    },
  };
}
