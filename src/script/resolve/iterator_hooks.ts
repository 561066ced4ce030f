/** `iter:task`: a program that the exporter runs over all tasks, sockets or maps at every scrape. */
import type { AttachPoint } from '../syntax/tree.js';
import type { Hook } from './hook.js';
import { MissingHook, missingHook, ScriptProblem } from './problem.js';
import type { TypeTable } from './type_table.js';

const prefix = 'bpf_iter__';

/** @throws ScriptProblem */
export function iteratorHook({ parts, place }: AttachPoint, types: TypeTable): Hook {
  const [kind = '', pin] = parts;
  if (kind === '' || pin !== undefined) {
    throw new ScriptProblem(
      place,
      kind === ''
        ? 'An iterator needs what it goes over'
        : 'Iterators are not pinned: the exporter runs them at every scrape',
      'Write it as in iter:task.',
    );
  }
  const { btf } = types;
  if (btf === undefined)
    throw new MissingHook(place, 'Iterators need a kernel with BTF, and this one has none', 'Use a profile.');
  const record = types.named(`struct ${prefix}${kind}`);
  if (record?.kind !== 'record') {
    const all = [...btf.namesOf('struct')].flatMap((name) =>
      name.startsWith(prefix) ? [name.slice(prefix.length)] : [],
    );
    throw missingHook(place, `There is no iterator ${kind} on this kernel`, kind, [...new Set(all)], 'iterators');
  }
  return {
    provider: 'iter',
    text: `iter:${kind}`,
    section: `iter/${kind}`,
    context: { kind: 'iterator', record },
  };
}
