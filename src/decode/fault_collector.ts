import { Faults, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';

/** Where a setting of the probe file stands. */
export type Locate = (path: readonly (string | number)[]) => Location | undefined;

/** Collects faults, so that one does not hide the next. */
export class FaultCollector {
  private readonly faults: SantaError[] = [];

  /** The result of `work`, or undefined when it threw faults: those are kept. Other errors pass. */
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

  /** @throws Faults with all that were kept, if there are any */
  throwIfAny(): void {
    if (this.faults.length > 0) throw new Faults(this.faults);
  }
}
