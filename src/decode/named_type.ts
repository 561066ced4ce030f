import type { Btf } from './btf/btf.js';
import type { IntegerLayout, Layout } from './layout.js';
import { layoutOf } from './type_layout.js';

/** The integers of the kernel, which a program need not use. */
const kernelInteger = /^(?:__)?([us])(8|16|32|64)$/;

/** The layout of a type by its name in C: `struct key`, `enum state`, `u64`. Undefined if the BTF has none. */
export function layoutNamed(btf: Btf, name: string): Layout | undefined {
  const [, keyword, tag] = /^(struct|union|enum) (.+)$/.exec(name) ?? [];
  const id = keyword ? btf.find(keyword as 'struct', tag!) : (btf.find('typedef', name) ?? btf.find('int', name));
  return id === undefined ? kernelIntegerLayout(name) : layoutOf(btf, id);
}

function kernelIntegerLayout(name: string): IntegerLayout | undefined {
  const [, sign, bits] = kernelInteger.exec(name) ?? [];
  if (bits === undefined) return undefined;
  const size = (Number(bits) / 8) as IntegerLayout['size'];
  return { kind: 'integer', type: name, size, signed: sign === 's', encoding: 'number', network: false };
}
