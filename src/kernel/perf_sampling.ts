import type { SantaError } from '../errors/fault.js';
import { isNativeError } from './addon.js';
import type { AttachedProgram } from './attachment.js';
import type { Host } from './host.js';
import { explainAttachFailure } from './rejection.js';

/** The attached programs of one object that sample a perf event on every CPU. Valid until the object is closed. */
export class PerfSampling {
  readonly #programs: readonly AttachedProgram[];
  readonly #host: Host;

  /** @param attached programs of the object; those that sample no perf event are ignored */
  constructor(attached: readonly AttachedProgram[], host: Host) {
    this.#programs = attached.filter(({ isSampling }) => isSampling);
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.#programs.length === 0;
  }

  /**
   * Samples on these CPUs: those that came online, and those that were offline for a while, whose events have ended.
   * @returns why one of them cannot be sampled; the next call tries again
   */
  follow(cpus: readonly number[]): SantaError | undefined {
    let fault: SantaError | undefined;
    for (const { name, section, link } of this.#programs) {
      for (const cpu of cpus) {
        try {
          link.ensureCpu(cpu);
        } catch (error) {
          if (!isNativeError(error)) throw error;
          // ENODEV: the CPU has just gone offline.
          if (error.code !== 'ENODEV') fault ??= explainAttachFailure(error, name, section, this.#host);
        }
      }
    }
    return fault;
  }
}
