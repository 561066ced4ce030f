const HARDWARE = 0;
const SOFTWARE = 1;
const CACHE = 3;
const RAW = 4;

/** `PERF_COUNT_HW_*` and `PERF_COUNT_SW_*` by perf's names for them. */
const counted = {
  'cpu-clock': { type: SOFTWARE, config: 0 },
  'task-clock': { type: SOFTWARE, config: 1 },
  'page-faults': { type: SOFTWARE, config: 2 },
  'context-switches': { type: SOFTWARE, config: 3 },
  'cpu-migrations': { type: SOFTWARE, config: 4 },
  'minor-faults': { type: SOFTWARE, config: 5 },
  'major-faults': { type: SOFTWARE, config: 6 },
  'alignment-faults': { type: SOFTWARE, config: 7 },
  'emulation-faults': { type: SOFTWARE, config: 8 },
  'cgroup-switches': { type: SOFTWARE, config: 11 },
  cycles: { type: HARDWARE, config: 0 },
  instructions: { type: HARDWARE, config: 1 },
  'cache-references': { type: HARDWARE, config: 2 },
  'cache-misses': { type: HARDWARE, config: 3 },
  branches: { type: HARDWARE, config: 4 },
  'branch-misses': { type: HARDWARE, config: 5 },
  'bus-cycles': { type: HARDWARE, config: 6 },
  'stalled-cycles-frontend': { type: HARDWARE, config: 7 },
  'stalled-cycles-backend': { type: HARDWARE, config: 8 },
  'ref-cycles': { type: HARDWARE, config: 9 },
} as const;

/** `PERF_COUNT_HW_CACHE_*`. */
const caches = { 'l1-dcache': 0, 'l1-icache': 1, llc: 2, dtlb: 3, itlb: 4, branch: 5, node: 6 } as const;

/** `PERF_COUNT_HW_CACHE_OP_*`, and `PERF_COUNT_HW_CACHE_RESULT_*` in the bits above it. */
const operations = {
  loads: 0x000,
  stores: 0x001,
  prefetches: 0x002,
  'load-misses': 0x100,
  'store-misses': 0x101,
  'prefetch-misses': 0x102,
} as const;

/** An event that a program can sample. The last form is `r` with the hexadecimal code of an event of this processor. */
export type PerfEventName = keyof typeof counted | `${keyof typeof caches}-${keyof typeof operations}` | `r${string}`;

/** `type` and `config` of `struct perf_event_attr`. */
export interface PerfEventNumbers {
  readonly type: number;
  readonly config: number;
}

/** The kernel's numbers of an event. */
export function perfEventNumbers(name: PerfEventName): PerfEventNumbers {
  if (Object.hasOwn(counted, name)) return counted[name as keyof typeof counted];
  const [, cache, operation] = /^(l1-[di]cache|[a-z]+)-([a-z-]+)$/.exec(name) ?? [];
  if (cache === undefined) return { type: RAW, config: Number.parseInt(name.slice(1), 16) };
  const id = caches[cache as keyof typeof caches];
  return { type: CACHE, config: id | (operations[operation as keyof typeof operations] << 8) };
}
