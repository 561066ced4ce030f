/** Probes of user-space code. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import { ScriptProblem } from './problem.js';

const context = { kind: 'registers', space: 'user' } as const;

export function userHook(provider: 'uprobe' | 'uretprobe' | 'usdt', point: AttachPoint): Hook {
  const [target = '', ...parts] = point.parts.map((part) => part.replace(/^"(.*)"$/, '$1'));
  const text = [provider, ...point.parts].join(':');
  const file = target.startsWith('/') ? { binary: target } : { library: target };
  if (target === '' || target === '*')
    throw new ScriptProblem(
      point.place,
      `A ${provider} needs a file`,
      `Write its path, as in ${provider}:/usr/bin/bash:readline.`,
    );
  if (provider === 'usdt') {
    const name = parts.at(-1);
    const spelled = parts.length === 2 ? parts[0] : undefined;
    if (!name || !spelled || /[*?]/.test(`${spelled}${name}`)) {
      throw new ScriptProblem(
        point.place,
        'A USDT probe needs a file, a provider and a name',
        'Write it as in usdt:/usr/bin/python3:python:gc__start.',
      );
    }
    return { provider, text, section: 'usdt', attach: { ...file, provider: spelled, probe: name }, context };
  }
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
