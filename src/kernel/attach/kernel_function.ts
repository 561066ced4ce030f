import type { BpfObject, Link } from '../addon.js';
import type { Hook } from './kinds.js';

/** Attaches to functions of the kernel. Targets of `fentry` and the like were set before the load. */
export function attachKernelFunction(object: BpfObject, { program, kind, settings }: Hook): Link[] {
  const { function: name, functions, syscall } = settings;
  switch (kind.name) {
    case 'kprobe':
    case 'kretprobe':
      return [
        name === undefined ? object.attach(program) : object.attach(program, { hook: kind.name, function: name }),
      ];
    case 'ksyscall':
    case 'kretsyscall':
      return [syscall === undefined ? object.attach(program) : object.attach(program, { hook: kind.name, syscall })];
    case 'kprobe.multi':
    case 'kretprobe.multi':
      return [
        functions === undefined ? object.attach(program) : object.attach(program, { hook: kind.name, functions }),
      ];
    default:
      return [object.attach(program)];
  }
}
