import { Faults, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';

/** The place of a setting in the probe file. */
export type Locate = (path: readonly (string | number)[]) => Location | undefined;

/** Collects faults, because one problem must not hide the next. */
export class FaultCollector {
  private readonly faults: SantaError[] = [];

  /** The result of `work`, or undefined when it threw faults, which are kept. Rethrows other errors. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof SantaError) this.faults.push(error);
      else if (error instanceof Faults) this.faults.push(...error.faults);
      else throw error;
      return undefined;
    }
  }

  /** @throws Faults with every fault kept, if there is any */
  throwIfAny(): void {
    if (this.faults.length > 0) throw new Faults(this.faults);
  }
}
