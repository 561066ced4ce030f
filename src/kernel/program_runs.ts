import type { RunCounts } from './run_cost.js';

/** What is known of the runs of loaded programs. */
export interface ProgramRuns {
  /** Names of the programs that run only when they are asked to, once for every kernel object of a kind. */
  iterators(): string[];
  /** Runs and run time that were counted so far: they are counted only while the kernel's run statistics are on. */
  measuredRuns(program: string): RunCounts;
  /** All runs since the load, if the program counts them. */
  countedRuns(program: string): number | undefined;
  /** Events that a program missed because the kernel skipped it; undefined if this kernel does not count them. */
  missedRuns(program: { readonly name: string; readonly section: string }): number | undefined;
  /** Whether the kernel reaches it by a hook, and not another program. By default it does. */
  isAttached?(program: string): boolean;
  /** Called when the kernel's run statistics are turned on, and before they are turned off. */
  measure?(isOn: boolean): void;
}
