/** Functions of the kernel that programs may call (kfuncs), with types that libbpf compares with the kernel's. */
import type { BtfTypes } from './btf_types.js';

const number = { kind: 'integer', bytes: 4, isSigned: true } as const;

/** `task` is `struct task_struct *`. */
const functions: Readonly<Record<string, { readonly parameter: 'number' | 'task'; readonly result?: 'task' }>> = {
  bpf_task_from_pid: { parameter: 'number', result: 'task' },
  bpf_task_release: { parameter: 'task' },
};

/** The BTF of an `extern` function. @throws Error if its types are not known here */
export function kernelFunction(name: string, types: BtfTypes): number {
  const known = functions[name];
  if (known === undefined) throw new Error(`The types of ${name} are not known`);
  const idOf = (type: 'number' | 'task' | undefined) => {
    if (type === undefined) return 0;
    return type === 'number' ? types.of(number) : types.pointerTo(types.emptyStruct('task_struct'));
  };
  return types.externFunction(name, [idOf(known.parameter)], idOf(known.result));
}
