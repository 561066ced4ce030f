/** `kprobe` and `kretprobe`: functions of the kernel by their names. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import { isAtLeast, type KernelTypes } from './kernel_types.js';
import { isPattern, matcher } from './name_matcher.js';
import { MissingHook, ScriptProblem } from './problem.js';
import { kernelItself } from './type_table.js';

type ProbeProvider = 'kprobe' | 'kretprobe';

const context = { kind: 'registers', space: 'kernel' } as const;

/**
 * A pattern is one program for all of its functions, unless the block asks which of them it is, or the pattern is that of a module.
 * @throws ScriptProblem
 */
export function kernelProbes(
  provider: ProbeProvider,
  point: AttachPoint,
  kernel: KernelTypes,
  mentioned: ReadonlySet<string>,
): Hook[] {
  const { parts, place } = point;
  const [, name, offset] = /^([\w.$*?]+)(\+(?:0x[\da-f]+|\d+))?$/i.exec(parts.at(-1) ?? '') ?? [];
  if (name === undefined || parts.length > 2) {
    throw new ScriptProblem(
      place,
      `A ${provider} needs a function of the kernel`,
      `Write it as in ${provider}:vfs_read.`,
    );
  }
  const text = [provider, ...parts].join(':');
  const module = parts.length === 2 ? parts[0] : undefined;
  if (!isPattern(name)) {
    const section = `${provider}/${name}${provider === 'kprobe' ? (offset ?? '') : ''}`;
    return [{ provider, text, section, function: name, context }];
  }
  // From Linux 5.15 on, the address of the function says which one it is.
  const isAsked = mentioned.has('probe') || (mentioned.has('func') && !isAtLeast(kernel, 5, 15));
  if (module === undefined && !isAsked) return [{ provider, text, section: `${provider}.multi/${name}`, context }];
  return matchingFunctions(module, name, point, kernel).map((each) => ({
    provider,
    text: [provider, ...parts.slice(0, -1), each].join(':'),
    section: `${provider}/${each}`,
    function: each,
    context,
  }));
}

function matchingFunctions(
  module: string | undefined,
  pattern: string,
  { place }: AttachPoint,
  kernel: KernelTypes,
): string[] {
  const all = kernel.traceableFunctions();
  if (all === undefined) {
    throw new ScriptProblem(
      place,
      'tracefs is not mounted: it has the list of functions that the pattern is looked up in',
      'Mount it: mount -t tracefs tracefs /sys/kernel/tracing',
    );
  }
  const [isOfModule, matches] = [matcher(module ?? '*'), matcher(pattern)];
  const found = all.filter((each) => isOfModule(each.module ?? kernelItself) && matches(each.name));
  if (found.length > 0) return [...new Set(found.map(({ name }) => name))].sort();
  const whose = module === undefined ? 'the kernel' : `module ${module}`;
  throw new MissingHook(
    place,
    `No function of ${whose} matches ${pattern}`,
    'List them: cat /sys/kernel/tracing/available_filter_functions',
  );
}
