/** Hooks of the kernel: tracepoints, raw tracepoints and functions, with what programs get there. */
import { traceableFunctions } from '../../kernel/attach/traceable_functions.js';
import type { KernelBtf } from '../../script/resolve/kernel_btf.js';
import type { KernelTypes } from '../../script/resolve/kernel_types.js';
import { declaration } from './declarations.js';
import type { FoundHook, HookKind, HookList } from './found_hook.js';
import type { WantedHooks } from './wanted_hooks.js';

const rawPrefix = 'btf_trace_';
/** Parts of tracepoints, which have lists of their own. */
const ofTracepoints = /^__(?:probestub|traceiter|bpf_trace)_/;
const noTracefs = 'tracefs is not mounted (mount -t tracefs tracefs /sys/kernel/tracing)';
const noBtf = 'this kernel has no BTF';

/** @param most hooks of a kind that are described; the others are only counted */
export function kernelHooks(kernel: KernelTypes, wanted: WantedHooks, most: number): HookList[] {
  const lists: Partial<Record<HookKind, () => HookList>> = {
    tracepoint: () => tracepoints(kernel, wanted, most),
    rawtracepoint: () => rawTracepoints(kernel.btf, wanted, most),
    fentry: () => functions(kernel.btf, wanted, most, traceableFunctions()),
  };
  return Object.entries(lists).flatMap(([kind, list]) =>
    wanted.kind === undefined || wanted.kind === kind ? [list()] : [],
  );
}

function tracepoints(kernel: KernelTypes, { matches }: WantedHooks, most: number): HookList {
  const kind = 'tracepoint';
  const categories = kernel.tracepointCategories();
  if (categories === undefined) return { kind, count: 0, hooks: [], lack: noTracefs };
  const names = categories
    .flatMap((category) => kernel.tracepointsOf(category).map((name) => `${category}:${name}`))
    .filter((name) => matches(name))
    .sort();
  return listOf(kind, names, most, (name) => {
    const [category = '', event = ''] = name.split(':');
    return { arguments: fieldsOf(kernel.tracepointFormat(category, event) ?? '') };
  });
}

/** The fields of a tracepoint that are its own. */
function fieldsOf(format: string): string[] {
  const fields = [...format.matchAll(/^\s*field:(.+?);/gm)].map(([, field]) => field!.replace(/\s+/g, ' '));
  return fields.filter((field) => !/\b(?:common_\w+|__syscall_nr)$/.test(field));
}

function rawTracepoints(btf: KernelBtf | undefined, { matches }: WantedHooks, most: number): HookList {
  const kind = 'rawtracepoint';
  if (btf === undefined) return { kind, count: 0, hooks: [], lack: noBtf };
  const names = [...btf.namesOf('typedef')]
    .flatMap((name) => (name.startsWith(rawPrefix) ? [name.slice(rawPrefix.length)] : []))
    .filter((name) => matches(name));
  return listOf(kind, [...new Set(names)].sort(), most, (name) => {
    // The type has no names of parameters; the function that calls programs has.
    const id = btf.find('function', `__bpf_trace_${name}`) ?? btf.find('typedef', rawPrefix + name);
    const [, ...parameters] = (id !== undefined && btf.prototypeOf(id)?.parameters) || [];
    return { arguments: parameters.map((each) => declaration(btf, each.type, each.name)) };
  });
}

function functions(
  btf: KernelBtf | undefined,
  { matches }: WantedHooks,
  most: number,
  attachable: Pick<ReadonlySet<string>, 'has'> | undefined,
): HookList {
  const kind = 'fentry';
  if (btf === undefined) return { kind, count: 0, hooks: [], lack: noBtf };
  const names = new Set([...btf.namesOf('function')].filter((name) => matches(name)));
  const usable = [...names].filter((name) => !ofTracepoints.test(name) && (attachable?.has(name) ?? true)).sort();
  return listOf(kind, usable, most, (name) => {
    const id = btf.find('function', name);
    const prototype = id === undefined ? undefined : btf.prototypeOf(id);
    if (prototype === undefined) return { arguments: [] };
    return {
      arguments: prototype.parameters.map((each) => declaration(btf, each.type, each.name)),
      result: declaration(btf, prototype.result, ''),
    };
  });
}

function listOf(
  kind: HookKind,
  names: readonly string[],
  most: number,
  describe: (name: string) => Pick<FoundHook, 'arguments' | 'result'>,
): HookList {
  const hooks = names.slice(0, most).map((name) => ({ kind, name: `${kind}:${name}`, ...describe(name) }));
  return { kind, count: names.length, hooks };
}
