/** Perf events by name. */
import { z } from 'zod';
import { mustBe } from './sentences.js';

const counted = [
  'cpu-clock',
  'task-clock',
  'page-faults',
  'minor-faults',
  'major-faults',
  'context-switches',
  'cpu-migrations',
  'alignment-faults',
  'emulation-faults',
  'cgroup-switches',
  'cycles',
  'instructions',
  'cache-references',
  'cache-misses',
  'branches',
  'branch-misses',
  'bus-cycles',
  'stalled-cycles-frontend',
  'stalled-cycles-backend',
  'ref-cycles',
] as const;

const caches = ['l1-dcache', 'l1-icache', 'llc', 'dtlb', 'itlb', 'branch', 'node'] as const;
const operations = ['loads', 'stores', 'prefetches', 'load-misses', 'store-misses', 'prefetch-misses'] as const;
const cacheEvents = caches.flatMap((cache) => operations.map((operation) => `${cache}-${operation}` as const));

const error = mustBe('a perf event such as cpu-clock, llc-load-misses or r01c2');

const names = [...counted, ...cacheEvents];

type PerfEvent = (typeof names)[number] | `r${string}`;

/** An event by perf's name for it, in lower case, or `r` with the hexadecimal code of an event of this processor. */
export const perfEvent = z
  .union([z.enum(counted, { error }), z.string()], { error })
  .transform((name, context): PerfEvent => {
    if ((names as readonly string[]).includes(name)) return name as PerfEvent;
    if (/^r[0-9a-f]{1,13}$/.test(name)) return name as PerfEvent;
    context.issues.push({ code: 'invalid_value', values: names, input: name, message: error });
    return z.NEVER;
  });
