import type { Addon } from './addon.js';
import { isIterator } from './program_section.js';

/** What `HookCost.ofRun` needs to know of a program. */
export interface HookedProgram {
  /** ELF section, e.g. `tp_btf/sys_exit`. */
  readonly section: string;
  /** Whether the kernel reaches it by a hook. Otherwise another program calls it, which has the entry cost. */
  readonly isAttached: boolean;
}

/**
 * What the kernel spends to reach a program, besides the run time that it measures. It is calibrated once, at the end of system
 * calls, and stands for the other hooks too.
 */
export class HookCost {
  readonly #addon: Pick<Addon, 'hookCost'>;
  readonly #onFailure: (error: unknown) => void;
  #nanoseconds: number | undefined;
  #calibration: Promise<void> | undefined;

  /** @param onFailure receives why the cost stays unknown */
  constructor(addon: Pick<Addon, 'hookCost'>, onFailure: (error: unknown) => void) {
    this.#addon = addon;
    this.#onFailure = onFailure;
  }

  /** Measures off the main thread, once: later calls return the same promise. Never rejects. */
  calibrate(): Promise<void> {
    this.#calibration ??= this.#addon.hookCost().then((nanoseconds) => {
      this.#nanoseconds = nanoseconds;
    }, this.#onFailure);
    return this.#calibration;
  }

  /** Nanoseconds for each run of a program; undefined before the calibration. */
  ofRun({ section, isAttached }: HookedProgram): number | undefined {
    // The exporter measures the whole run of an iterator.
    if (!isAttached || isIterator(section)) return 0;
    return this.#nanoseconds;
  }
}
