/** `comm(pid)` and `comm(task)`. */
import type { Operand } from '../ir/program.js';
import { findMember } from '../resolve/c_type.js';
import type { Provider } from '../resolve/hook.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, Place } from '../syntax/tree.js';
import { only } from './arguments.js';
import { constant, helpers } from './function_builder.js';
import type { Destination, Lowering } from './lowering.js';
import { textMemory } from './memory_access.js';
import type { Value } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;

const bytes = 16;
const find = 'bpf_task_from_pid';

/** Providers whose programs may look up tasks, and the kernel that lets them. */
const lookUps: Readonly<Partial<Record<Provider, readonly [major: number, minor: number]>>> = {
  fentry: [6, 2],
  fexit: [6, 2],
  iter: [6, 2],
  begin: [6, 2],
  tracepoint: [6, 12],
  profile: [6, 12],
  interval: [6, 12],
  software: [6, 12],
  hardware: [6, 12],
};

/** The name of a thread by its number; empty: there is none. Undefined: the argument is no number. */
export function commandOfNumber(lowering: Lowering, call: Call, into: Destination | undefined): Value | undefined {
  const argument = only(call);
  if (lowering.builder.aside(() => lowering.value(argument)).type.kind !== 'integer') return undefined;
  const value = lowering.value(argument);
  return value.kind === 'scalar' ? commandOf(lowering, value.operand, call.place, into) : undefined;
}

function commandOf(lowering: Lowering, thread: Operand, place: Place, into: Destination | undefined): Value {
  const { builder } = lowering;
  const offset = commandOffset(lowering, place);
  const memory = textMemory(lowering, bytes, into);
  const [found, end] = [builder.block(), builder.block()];
  const task = builder.callKernel(find, thread);
  builder.branch('unequal', task, constant(0), found, end);
  builder.continueIn(found);
  const command = builder.operate('add', task, constant(offset));
  builder.helper(helpers.readKernelText, builder.addressOf(memory), constant(bytes), command);
  builder.emit({ kind: 'call', to: undefined, function: 'bpf_task_release', isOfKernel: true, arguments: [task] });
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'memory', type: { kind: 'text', bytes }, memory };
}

/** Where a task has its name. @throws ScriptProblem where the kernel does not let the program look at it */
function commandOffset({ hook, compilation }: Lowering, place: Place): number {
  const { kernel, types } = compilation;
  const task = types.named('struct task_struct');
  const member = task?.kind === 'record' ? findMember(task, 'comm') : undefined;
  if (member === undefined || types.btf?.find('function', find) === undefined) {
    throw new ScriptProblem(
      place,
      'This kernel does not let programs look up a thread by its number',
      'It needs Linux 6.2. Use comm, which is the current thread.',
    );
  }
  const since = lookUps[hook.provider];
  if (since !== undefined && isAtLeast(kernel, ...since)) return member.offset;
  throw new ScriptProblem(
    place,
    `Programs of type ${hook.provider} may not look up a thread by its number${since === undefined ? '' : ` before Linux ${since.join('.')}`}`,
    'Use fentry, iter, or a tracepoint (from Linux 6.12 on).',
  );
}
