/** Types of the kernel as C writes them. */
import type { KernelBtf } from '../../script/resolve/kernel_btf.js';

/** Types refer to each other without end only in a damaged BTF. */
const deepest = 32;

/** A declaration, such as `struct file *file` or `int (*callback)(…)`. @param name empty: only the type */
export function declaration(btf: KernelBtf, id: number, name: string): string {
  const { before, after } = parts(btf, id, 0);
  const middle = name === '' || before.endsWith('*') ? name : ` ${name}`;
  return `${before}${middle}${after}`;
}

function parts(btf: KernelBtf, id: number, depth: number): { before: string; after: string } {
  if (depth > deepest) return { before: '…', after: '' };
  const type = btf.type(id);
  const inner = (reference: number) => parts(btf, reference, depth + 1);
  switch (type.kind) {
    case 'pointer': {
      const target = btf.type(type.type);
      if (target.kind === 'prototype') return { before: 'void (*', after: ')(…)' };
      const { before, after } = inner(type.type);
      return { before: `${before}${before.endsWith('*') ? '*' : ' *'}`, after };
    }
    case 'array': {
      const { before, after } = inner(type.type);
      return { before, after: `[${type.count}]${after}` };
    }
    case 'qualifier': {
      const { before, after } = inner(type.type);
      const isWord = type.qualifier === 'const' || type.qualifier === 'volatile';
      return isWord && !before.endsWith('*') ? { before: `${type.qualifier} ${before}`, after } : { before, after };
    }
    case 'struct':
    case 'union':
    case 'enum':
      return { before: `${type.kind} ${type.name || '{…}'}`, after: '' };
    case 'forward':
      return { before: `${type.union ? 'union' : 'struct'} ${type.name}`, after: '' };
    case 'int':
    case 'float':
    case 'typedef':
      return { before: type.name, after: '' };
    case 'void':
      return { before: 'void', after: '' };
    default:
      return { before: '…', after: '' };
  }
}
