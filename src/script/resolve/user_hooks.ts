/** Probes of user-space code. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import type { KernelTypes } from './kernel_types.js';
import { isPattern, matcher } from './name_matcher.js';
import { MissingHook, missingHook, ScriptProblem } from './problem.js';

const context = { kind: 'registers', space: 'user' } as const;

/**
 * A pattern of functions is one program for all of them, unless the block asks which of them it is.
 * @throws ScriptProblem
 */
export function userHooks(
  provider: 'uprobe' | 'uretprobe' | 'usdt',
  point: AttachPoint,
  kernel: KernelTypes,
  mentioned: ReadonlySet<string>,
): Hook[] {
  const [target = '', ...parts] = point.parts.map((part) => part.replace(/^"(.*)"$/, '$1'));
  if (target === '' || target === '*')
    throw new ScriptProblem(
      point.place,
      `A ${provider} needs a file`,
      `Write its path, as in ${provider}:/usr/bin/bash:readline.`,
    );
  if (provider === 'usdt') return usdtHooks(target, parts, point, kernel);
  const hook = userHook(provider, target, parts, point);
  const isAsked = ['probe', 'func', 'uaddr'].some((name) => mentioned.has(name));
  return isAsked && isPattern(parts.at(-1)!) ? matchingFunctions(hook, target, parts, point, kernel) : [hook];
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
    code: { target },
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
  if (isPattern(written)) {
    const attach = { ...file, symbols: written };
    return { provider, text, section: `${provider}.multi`, attach, code: { target }, context };
  }
  const [, symbol, offset] = /^(.*?)(?:\+(0x[\da-f]+|\d+))?$/i.exec(written)!;
  if (/^(0x[\da-f]+|\d+)$/i.test(written)) return placed(provider, text, target, { offset: Number(written) });
  const place = { symbol: symbol!, ...(offset !== undefined && { offset: Number(offset) }) };
  return { ...placed(provider, text, target, place), function: symbol! };
}

function placed(
  provider: 'uprobe' | 'uretprobe',
  text: string,
  target: string,
  place: { readonly symbol?: string; readonly offset?: number },
): Hook {
  const attach = { ...fileOf(target), ...place };
  return { provider, text, section: provider, attach, code: { target, ...place }, context };
}

/** A function with several names counts once, and one of several that have the same name is found by its place. */
function matchingFunctions(
  { provider }: Hook,
  target: string,
  parts: readonly string[],
  { place }: AttachPoint,
  kernel: KernelTypes,
): Hook[] {
  const pattern = parts.at(-1)!;
  const file = kernel.symbolsOf(target, matcher(pattern));
  if (file === undefined) {
    throw new MissingHook(
      place,
      `The functions of ${target} cannot be listed`,
      'Write the path of a program or library, or leave out probe, func and uaddr.',
    );
  }
  const functions = new Map(
    file.symbols.filter(({ isFunction }) => isFunction).map(({ name, address }) => [address, name]),
  );
  if (functions.size === 0) {
    throw new MissingHook(place, `${target} has no function that matches ${pattern}`, `List them: nm -D ${target}`);
  }
  const names = [...functions.values()];
  return [...functions].map(([address, name]) => {
    const isUnique = names.filter((other) => other === name).length === 1;
    const text = [provider, target, ...parts.slice(0, -1), name].join(':');
    const where = isUnique ? { symbol: name } : { offset: file.offsetOf(address) ?? 0 };
    return { ...placed(provider as 'uprobe' | 'uretprobe', text, target, where), function: name };
  });
}
