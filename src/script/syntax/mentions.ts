import { visit } from './rewriting.js';
import type { ProbeBlock } from './tree.js';

/** Builtins and functions that a block asks for, by their names. */
export function mentionedIn({ predicate, body }: Pick<ProbeBlock, 'predicate' | 'body'>): ReadonlySet<string> {
  const names = new Set<string>();
  visit({ predicate, body }, (node) => {
    if (node.kind === 'name' || node.kind === 'call') {
      names.add((node as unknown as { readonly name: string }).name.replace(/^__builtin_/, ''));
    }
  });
  return names;
}
