/** Attach points: what they mean, and which hooks wildcards stand for. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook, Provider } from './hook.js';
import { iteratorHook } from './iterator_hooks.js';
import { kernelFunctions } from './kernel_functions.js';
import { kernelProbes } from './kernel_probes.js';
import type { KernelTypes } from './kernel_types.js';
import { isPattern, matcher } from './name_matcher.js';
import { perfHook } from './perf_hooks.js';
import { MissingHook, missingHook, ScriptProblem, unknownName } from './problem.js';
import { rawTracepoints } from './raw_tracepoints.js';
import { readTracepointFormat } from './tracepoint_format.js';
import type { TypeTable } from './type_table.js';
import { userHooks } from './user_hooks.js';

const providers: Readonly<Record<string, Provider>> = {
  t: 'tracepoint', tracepoint: 'tracepoint', rt: 'rawtracepoint', rawtracepoint: 'rawtracepoint',
  k: 'kprobe', kprobe: 'kprobe', kr: 'kretprobe', kretprobe: 'kretprobe',
  f: 'fentry', fentry: 'fentry', kfunc: 'fentry', fr: 'fexit', fexit: 'fexit', kretfunc: 'fexit',
  u: 'uprobe', uprobe: 'uprobe', ur: 'uretprobe', uretprobe: 'uretprobe', U: 'usdt', usdt: 'usdt',
  p: 'profile', profile: 'profile', i: 'interval', interval: 'interval', s: 'software', software: 'software',
  h: 'hardware', hardware: 'hardware', iter: 'iter', it: 'iter', begin: 'begin', BEGIN: 'begin', end: 'end', END: 'end',
}; // biome-ignore format: short and long names side by side

const refused: Readonly<Record<string, string>> = {
  watchpoint: 'Watchpoints follow one process, and an exporter follows all.',
  w: 'Watchpoints follow one process, and an exporter follows all.',
  self: 'Signals to bpftrace itself have no meaning here.',
  bench: 'Benchmarks of scripts are not run by an exporter.',
  test: 'Tests of scripts are not run by an exporter.',
};

/** Where hooks are looked for, and what for. */
export interface HookSearch {
  readonly types: TypeTable;
  readonly kernel: KernelTypes;
  /** Hooks that a wildcard may stand for (`max_probes`). */
  readonly most: number;
  /** Builtins and functions of the block. A wildcard becomes a hook for each function where one of them depends on it. */
  readonly mentioned: ReadonlySet<string>;
}

/**
 * The hooks of an attach point. Without wildcards one.
 * @throws ScriptProblem
 */
export function hooksOf(point: AttachPoint, search: HookSearch): Hook[] {
  const { most } = search;
  const provider = Object.hasOwn(providers, point.provider) ? providers[point.provider] : undefined;
  if (provider === undefined) throw unknownProvider(point);
  const hooks = hooksOfProvider(provider, point, search);
  if (hooks.length > most) {
    throw new ScriptProblem(
      point.place,
      `${textOf(provider, point)} stands for ${hooks.length} probes, more than ${most}`,
      'Write a narrower pattern, or allow more: config = { max_probes = 2000 }.',
    );
  }
  return hooks;
}

function unknownProvider(point: AttachPoint): ScriptProblem {
  const why = Object.hasOwn(refused, point.provider) ? refused[point.provider] : undefined;
  if (why !== undefined)
    return new ScriptProblem(point.place, `Probes of type "${point.provider}" are not supported`, why);
  const long = [...new Set(Object.values(providers))];
  return unknownName(point.place, `Unknown type of probe "${point.provider}"`, point.provider, long, 'types of probes');
}

function hooksOfProvider(provider: Provider, point: AttachPoint, search: HookSearch): Hook[] {
  const { types, kernel, most, mentioned } = search;
  switch (provider) {
    case 'tracepoint':
      return tracepoints(point, types, kernel);
    case 'rawtracepoint':
      return rawTracepoints(point, types);
    case 'kprobe':
    case 'kretprobe':
      return kernelProbes(provider, point, kernel, mentioned);
    case 'fentry':
    case 'fexit':
      return kernelFunctions(provider, point, types, most);
    case 'uprobe':
    case 'uretprobe':
    case 'usdt':
      return userHooks(provider, point, kernel, mentioned);
    case 'iter':
      return [iteratorHook(point, types)];
    case 'begin':
    case 'end':
      return [{ provider, text: provider, section: 'syscall', context: { kind: 'none' } }];
    default:
      return [perfHook(provider, point)];
  }
}

const textOf = (provider: Provider, { parts }: AttachPoint) => [provider, ...parts].join(':');

function tracepoints(point: AttachPoint, types: TypeTable, kernel: KernelTypes): Hook[] {
  const [category, name, ...rest] = point.parts;
  if (!category || !name || rest.length > 0) {
    throw new ScriptProblem(
      point.place,
      'A tracepoint needs a category and a name',
      'Write it as in tracepoint:sched:sched_switch.',
    );
  }
  const categories = kernel.tracepointCategories();
  if (categories === undefined) {
    throw new ScriptProblem(
      point.place,
      'tracefs is not mounted: it has the fields of tracepoints',
      'Mount it: mount -t tracefs tracefs /sys/kernel/tracing',
    );
  }
  if (!isPattern(category) && !isPattern(name)) return [tracepoint(point, category, name, types, kernel, categories)];
  const found = categories.filter(matcher(category)).flatMap((each) =>
    kernel
      .tracepointsOf(each)
      .filter(matcher(name))
      .map((one) => tracepoint(point, each, one, types, kernel, categories)),
  );
  if (found.length > 0) return found;
  throw new MissingHook(
    point.place,
    `No tracepoint matches ${category}:${name}`,
    'List them: ls /sys/kernel/tracing/events.',
  );
}

function tracepoint(
  point: AttachPoint,
  category: string,
  name: string,
  types: TypeTable,
  kernel: KernelTypes,
  categories: readonly string[],
): Hook {
  const format = kernel.tracepointFormat(category, name);
  if (format === undefined) {
    const text = `There is no tracepoint ${category}:${name} on this kernel`;
    if (!categories.includes(category)) throw missingHook(point.place, text, category, categories, 'categories');
    throw missingHook(point.place, text, name, kernel.tracepointsOf(category), `tracepoints of ${category}`);
  }
  return {
    provider: 'tracepoint',
    text: `tracepoint:${category}:${name}`,
    section: `tracepoint/${category}/${name}`,
    context: { kind: 'record', record: readTracepointFormat(format, `${category}:${name}`, types) },
  };
}
