const HARDWARE = 0;
const SOFTWARE = 1;

/** Events that a program can sample, by perf's names for them: `PERF_TYPE_*` and `PERF_COUNT_*`. */
export const perfEvents = {
  'cpu-clock': { type: SOFTWARE, config: 0 },
  'task-clock': { type: SOFTWARE, config: 1 },
  'page-faults': { type: SOFTWARE, config: 2 },
  'context-switches': { type: SOFTWARE, config: 3 },
  'cpu-migrations': { type: SOFTWARE, config: 4 },
  'minor-faults': { type: SOFTWARE, config: 5 },
  'major-faults': { type: SOFTWARE, config: 6 },
  cycles: { type: HARDWARE, config: 0 },
  instructions: { type: HARDWARE, config: 1 },
  'cache-references': { type: HARDWARE, config: 2 },
  'cache-misses': { type: HARDWARE, config: 3 },
  branches: { type: HARDWARE, config: 4 },
  'branch-misses': { type: HARDWARE, config: 5 },
} as const;

export type PerfEventName = keyof typeof perfEvents;
