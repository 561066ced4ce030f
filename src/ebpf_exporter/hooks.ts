import type { AttachSpec } from '../config/attach_schema.js';
import type { PerfEventSpec } from '../config/programs_schema.js';
import type { ObjectFacts } from './object_facts.js';

type Program = ObjectFacts['programs'][number];
type EventName = PerfEventSpec['event'];

/** Events by the type and number of `struct perf_event_attr`. */
const namedEvents: Readonly<Record<string, readonly (EventName | undefined)[]>> = {
  0: [
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
  ],
  1: [
    'cpu-clock',
    'task-clock',
    'page-faults',
    'context-switches',
    'cpu-migrations',
    'minor-faults',
    'major-faults',
    'alignment-faults',
    'emulation-faults',
    undefined,
    undefined,
    'cgroup-switches',
  ],
};

const caches = ['l1-dcache', 'l1-icache', 'llc', 'dtlb', 'itlb', 'branch', 'node'] as const;
const operations = ['load', 'store', 'prefetch'] as const;
const highestFrequency = 10_000;

/** How programs are attached whose sections only ebpf_exporter reads: `xdp/INTERFACE`, `perf_event/type=0,config=3,frequency=99`. */
export function hooksOf({ programs }: ObjectFacts): {
  readonly attach: Readonly<Record<string, AttachSpec>>;
  /** Programs that cannot be attached, with a clause that says why. */
  readonly leftOut: readonly { readonly program: string; readonly reason: string }[];
} {
  const attach: Record<string, AttachSpec> = Object.create(null);
  const leftOut: { program: string; reason: string }[] = [];
  for (const program of programs) {
    const hook = hookOf(program);
    if (hook === undefined) continue;
    if (typeof hook === 'string') leftOut.push({ program: program.name, reason: hook });
    attach[program.name] = typeof hook === 'string' ? { skip: true } : hook;
  }
  return { attach, leftOut };
}

function hookOf({ section }: Program): AttachSpec | string | undefined {
  const [, device] = /^xdp\/([^/\s]{1,15})$/.exec(section) ?? [];
  if (device !== undefined) return { type: 'xdp', interfaces: [device] };
  const [, settings] = /^perf_event\/(.*)$/.exec(section) ?? [];
  return settings === undefined ? undefined : samplingOf(section, settings);
}

function samplingOf(section: string, text: string): AttachSpec | string {
  const pairs = text.split(',').map((item) => /^(type|config|frequency)=(\d+)$/.exec(item));
  if (pairs.includes(null)) return `section "${section}" must list type=, config= and frequency= with numbers`;
  const numbers = Object.fromEntries(pairs.map((pair) => [pair![1], Number(pair![2])]));
  const { type = 0, config = 0, frequency = 0 } = numbers as Partial<Record<'type' | 'config' | 'frequency', number>>;
  if (frequency < 1 || frequency > highestFrequency) {
    return `section "${section}" must have a frequency from 1 to ${highestFrequency}`;
  }
  const event = eventNamed(type, config);
  return event === undefined ? `section "${section}" names an event that is not known` : { event, frequency };
}

function eventNamed(type: number, config: number): EventName | undefined {
  if (type === 4) return `r${config.toString(16)}`;
  if (type !== 3) return namedEvents[type]?.[config];
  const [cache, operation] = [caches[config & 0xff], operations[(config >> 8) & 0xff]];
  const result = config >> 16;
  if (cache === undefined || operation === undefined || result > 1) return undefined;
  const isMiss = result === 1;
  return isMiss ? `${cache}-${operation}-misses` : `${cache}-${operation === 'prefetch' ? 'prefetche' : operation}s`;
}
