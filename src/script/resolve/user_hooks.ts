/** Probes of user-space code. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import type { KernelTypes } from './kernel_types.js';
import { isPattern, matcher } from './name_matcher.js';
import { missingHook, ScriptProblem } from './problem.js';

const context = { kind: 'registers', space: 'user' } as const;

/** @throws ScriptProblem */
export function userHooks(provider: 'uprobe' | 'uretprobe' | 'usdt', point: AttachPoint, kernel: KernelTypes): Hook[] {
  const [target = '', ...parts] = point.parts.map((part) => part.replace(/^"(.*)"$/, '$1'));
  if (target === '' || target === '*')
    throw new ScriptProblem(
      point.place,
      `A ${provider} needs a file`,
      `Write its path, as in ${provider}:/usr/bin/bash:readline.`,
    );
  return provider === 'usdt' ? usdtHooks(target, parts, point, kernel) : [userHook(provider, target, parts, point)];
}

const fileOf = (target: string) => (target.startsWith('/') ? { binary: target } : { library: target });

/** Patterns, and names without their provider, are looked up in the file. */
function usdtHooks(target: string, parts: readonly string[], { place }: AttachPoint, kernel: KernelTypes): Hook[] {
  const name = parts.at(-1) ?? '';
  const provider = (parts.length === 2 && parts[0]) || '*';
  if (name === '' || parts.length > 2) {
    throw new ScriptProblem(
      place,
      'A USDT probe needs a file, a provider and a name',
      'Write it as in usdt:/usr/bin/python3:python:gc__start.',
    );
  }
  if (!isPattern(provider) && !isPattern(name)) return [usdtHook(target, provider, name)];
  const known = target.startsWith('/') ? kernel.usdtProbes(target) : undefined;
  if (known === undefined) {
    throw new ScriptProblem(
      place,
      `The USDT probes of ${target} cannot be listed`,
      'Write the path of a program or library, or the provider and the name of a probe.',
    );
  }
  const [ofProvider, ofName] = [matcher(provider), matcher(name)];
  const found = known.filter((probe) => ofProvider(probe.provider) && ofName(probe.name));
  if (found.length > 0) return found.map((probe) => usdtHook(target, probe.provider, probe.name));
  const all = known.map((probe) => probe.name);
  throw missingHook(place, `${target} has no USDT probe ${parts.join(':')}`, name, [...new Set(all)], 'probes');
}

function usdtHook(target: string, provider: string, name: string): Hook {
  return {
    provider: 'usdt',
    text: `usdt:${target}:${provider}:${name}`,
    section: 'usdt',
    attach: { ...fileOf(target), provider, probe: name },
    context,
  };
}

function userHook(
  provider: 'uprobe' | 'uretprobe',
  target: string,
  parts: readonly string[],
  point: AttachPoint,
): Hook {
  const file = fileOf(target);
  const text = [provider, ...point.parts].join(':');
  // A language may be written before the function: uprobe:/bin/x:cpp:"f(int)".
  const [written] = parts.slice(-1);
  if (written === undefined || written === '' || parts.length > 2) {
    throw new ScriptProblem(
      point.place,
      `A ${provider} needs a file and a function`,
      `Write it as in ${provider}:/usr/bin/bash:readline.`,
    );
  }
  if (/[*?]/.test(written))
    return { provider, text, section: `${provider}.multi`, attach: { ...file, symbols: written }, context };
  const [, symbol, offset] = /^(.*?)(?:\+(0x[\da-f]+|\d+))?$/i.exec(written)!;
  if (/^(0x[\da-f]+|\d+)$/i.test(written))
    return { provider, text, section: provider, attach: { ...file, offset: Number(written) }, context };
  return {
    provider,
    text,
    section: provider,
    attach: { ...file, symbol, ...(offset !== undefined && { offset: Number(offset) }) },
    function: symbol!,
    context,
  };
}
