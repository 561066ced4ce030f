/** Timers, and events of the kernel and of the processor. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import { ScriptProblem, unknownName } from './problem.js';

/** By name: perf's name here, and after how many events a sample is taken unless the script says it. */
const software: Readonly<Record<string, readonly [event: string, period: number]>> = {
  'alignment-faults': ['alignment-faults', 1],
  'context-switches': ['context-switches', 1000],
  cs: ['context-switches', 1000],
  'cpu-clock': ['cpu-clock', 1_000_000],
  cpu: ['cpu-clock', 1_000_000],
  'cpu-migrations': ['cpu-migrations', 1],
  'emulation-faults': ['emulation-faults', 1],
  'major-faults': ['major-faults', 1],
  'minor-faults': ['minor-faults', 100],
  'page-faults': ['page-faults', 100],
  faults: ['page-faults', 100],
  'task-clock': ['task-clock', 1],
};

const hardware: Readonly<Record<string, readonly [event: string, period: number]>> = {
  'backend-stalls': ['stalled-cycles-backend', 1_000_000],
  'branch-instructions': ['branches', 100_000],
  branches: ['branches', 100_000],
  'branch-misses': ['branch-misses', 100_000],
  'bus-cycles': ['bus-cycles', 100_000],
  'cache-references': ['cache-references', 1_000_000],
  'cache-misses': ['cache-misses', 1_000_000],
  'cpu-cycles': ['cycles', 1_000_000],
  cycles: ['cycles', 1_000_000],
  'frontend-stalls': ['stalled-cycles-frontend', 1_000_000],
  instructions: ['instructions', 1_000_000],
  'ref-cycles': ['ref-cycles', 1_000_000],
};

const nanoseconds: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3 };
const fastest = 10_000;

export function perfHook(provider: 'profile' | 'interval' | 'software' | 'hardware', point: AttachPoint): Hook {
  return provider === 'profile' || provider === 'interval' ? timer(provider, point) : counter(provider, point);
}

function hook(provider: Hook['provider'], point: AttachPoint, attach: Record<string, unknown>): Hook {
  return {
    provider,
    text: [provider, ...point.parts].join(':'),
    section: 'perf_event',
    attach,
    context: { kind: 'perf event' },
  };
}

/** `profile:hz:99`, `interval:s:1`, and `profile:10ms` in one part. */
function timer(provider: 'profile' | 'interval', point: AttachPoint): Hook {
  const [, unit, count] = /^(hz|s|ms|us):(\d[\d_]*)$/.exec(point.parts.join(':')) ?? [];
  const [, shortCount, shortUnit] = /^(\d+)(s|ms|us|ns)$/.exec(point.parts.join(':')) ?? [];
  const number = Number((count ?? shortCount ?? '').replaceAll('_', ''));
  const named = unit ?? shortUnit;
  if (named === undefined || !(number > 0)) {
    throw new ScriptProblem(
      point.place,
      `${provider} needs a unit and a number above 0`,
      `Write ${provider}:hz:99, ${provider}:s:1 or ${provider}:ms:100.`,
    );
  }
  if (named === 'hz') {
    if (number > fastest) throw tooFast(point);
    return hook(provider, point, { event: 'cpu-clock', frequency: number });
  }
  const period = named === 'ns' ? number : number * nanoseconds[named]!;
  if (period < 1e9 / fastest) throw tooFast(point);
  return hook(provider, point, { event: 'cpu-clock', period });
}

function tooFast(point: AttachPoint): ScriptProblem {
  return new ScriptProblem(
    point.place,
    `The timer is faster than ${fastest} times a second`,
    'Sample less often: 99 times a second is common.',
  );
}

function counter(provider: 'software' | 'hardware', point: AttachPoint): Hook {
  const known = provider === 'software' ? software : hardware;
  const [name = '', count] = point.parts;
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined)
    throw unknownName(point.place, `Unknown ${provider} event "${name}"`, name, Object.keys(known), 'events');
  const period = count ? Number(count.replaceAll('_', '')) : found[1];
  if (!Number.isSafeInteger(period) || period < 1) {
    throw new ScriptProblem(
      point.place,
      `"${count}" is not a number of events`,
      `Write it as in ${provider}:${name}:100.`,
    );
  }
  return hook(provider, point, { event: found[0], period });
}
