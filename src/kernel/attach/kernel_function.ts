import { release } from 'node:os';
import { fault } from '../../errors/fault.js';
import type { BpfObject, Link } from '../addon.js';
import type { Hook } from './kinds.js';
import { isPattern } from './name_pattern.js';
import { traceableFunctionsOf } from './traceable_functions.js';

/**
 * Attaches to functions of the kernel. Targets of `fentry` and the like were set before the load.
 * @throws fault HOOK_MISSING
 */
export function attachKernelFunction(object: BpfObject, hook: Hook): Link[] {
  const { program, kind, settings } = hook;
  const { function: name, syscall } = settings;
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
      return [object.attach(program, { hook: kind.name, functions: functionsOf(hook) })];
    default:
      return [object.attach(program)];
  }
}

/** The functions of a kprobe.multi: one that cannot be traced among them, and the kernel attaches to none. */
function functionsOf({ program, section, target, settings }: Hook): readonly string[] {
  const pattern = settings.functions ?? target!;
  if (!isPattern(pattern)) return [pattern];
  const found = traceableFunctionsOf(pattern);
  if (found !== undefined && found.length > 0) return found;
  const missing = found === undefined ? 'tracefs' : 'function';
  throw fault('HOOK_MISSING', { program, section, release: release(), missing, lines: '' });
}
