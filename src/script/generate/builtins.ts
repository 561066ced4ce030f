/** Builtins without arguments. Names that are none are enumerators. */
import { constants } from 'node:os';
import { type IntegerValue, signed, unsigned } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import type { Hook } from '../resolve/hook.js';
import { isAtLeast, type KernelTypes } from '../resolve/kernel_types.js';
import { ScriptProblem, unknownName } from '../resolve/problem.js';
import type { Place } from '../syntax/tree.js';
import { word } from './fields.js';
import { constant, helpers } from './function_builder.js';
import { sinceLoad } from './load_time.js';
import type { Destination, Lowering } from './lowering.js';
import { integerValue, memberOf, readText, textMemory, valueAt } from './memory_access.js';
import { registersOf } from './registers.js';
import { kernelStack } from './stacks.js';
import { usdtArgument } from './usdt_arguments.js';
import type { ObjectReference, Value } from './value.js';

const commandBytes = 16;
const word32: IntegerValue = { ...unsigned, bytes: 4 };
const byte: IntegerValue = { ...unsigned, bytes: 1 };

type Builtin = (lowering: Lowering, place: Place, into: Destination | undefined) => Value;

const scalar = (operand: Operand, type: IntegerValue = unsigned): Value => ({ kind: 'scalar', type, operand });

const halfOf =
  (helper: number, half: 'upper' | 'lower', type: IntegerValue = word32): Builtin =>
  ({ builder }) => {
    const both = builder.helper(helper);
    return scalar(
      half === 'upper' ? builder.operate('shiftRight', both, constant(32)) : builder.extend(both, 4, false),
      type,
    );
  };

const result =
  (helper: number, type: IntegerValue = unsigned): Builtin =>
  ({ builder }) =>
    scalar(builder.helper(helper), type);

const builtins: Readonly<Record<string, Builtin>> = {
  pid: halfOf(helpers.processAndThread, 'upper'),
  tid: halfOf(helpers.processAndThread, 'lower'),
  uid: halfOf(helpers.userAndGroup, 'lower'),
  gid: halfOf(helpers.userAndGroup, 'upper'),
  username: halfOf(helpers.userAndGroup, 'lower', { ...word32, decode: 'user' }),
  nsecs: (lowering) => scalar(lowering.builder.helper(usualClock(lowering.compilation.kernel))),
  elapsed: (lowering) => scalar(sinceLoad(lowering)),
  cpu: result(helpers.cpu, word32),
  numaid: result(helpers.numaNode, word32),
  rand: ({ builder }) => scalar(builder.extend(builder.helper(helpers.random), 4, false), word32),
  jiffies: result(helpers.jiffies),
  cgroup: result(helpers.cgroup, { ...unsigned, decode: 'cgroup' }),
  ncpus: ({ compilation }) => scalar(constant(compilation.kernel.cpus)),
  curtask: (lowering) => currentTask(lowering),
  comm: (lowering, _, into) => {
    const { builder } = lowering;
    const memory = textMemory(lowering, commandBytes, into);
    builder.helper(helpers.command, builder.addressOf(memory), constant(commandBytes));
    return { kind: 'memory', type: { kind: 'text', bytes: commandBytes }, memory };
  },
  pcomm: (lowering, place, into) => commandOf(lowering, 'real_parent', place, into),
  leader_comm: (lowering, place, into) => commandOf(lowering, 'group_leader', place, into),
  leader_tid: (lowering, place) => memberOfTask(lowering, ['group_leader', 'pid'], place),
  ppid: (lowering, place) => memberOfTask(lowering, ['real_parent', 'tgid'], place),
  probe: ({ hook }) => text(hook.text),
  probetype: ({ hook }) => text(hook.provider === 'begin' ? 'special' : hook.provider),
  func: (lowering, place) => {
    const { hook, builder, context, compilation } = lowering;
    if (compilation.namesFunctionsByAddress && isOfKernel(hook)) {
      return scalar(builder.helper(helpers.instructionPointer, context), { ...unsigned, decode: 'ksym' });
    }
    if (hook.function !== undefined) return text(hook.function);
    throw new ScriptProblem(
      place,
      `${hook.provider} has no function`,
      'Use probe, which is the name of the whole probe.',
    );
  },
  ctx: ({ context, hook }) => ({
    kind: 'scalar',
    // What an iterator is at is read as any memory of the kernel: it may be null, which the verifier knows.
    type:
      hook.context.kind === 'iterator'
        ? { kind: 'pointer', to: hook.context.record, space: 'kernel' }
        : { kind: 'pointer', to: { kind: 'void' }, space: 'context' },
    operand: context,
  }),
  retval: returned,
  usermode,
  kstack: (lowering, place, into) => kernelStack(lowering, undefined, place, into),
};

const withoutMeaning: Readonly<Record<string, string>> = {
  ustack: 'No label shows the functions of a process. Use the profiles of docs/flight_recorder.md.',
  cpid: 'There is no child process here.',
  args: 'Name one of them: args.x.',
};

export const isBuiltin = (name: string) => Object.hasOwn(builtins, name);

/** The clock that goes on while the machine sleeps, where the kernel has it. */
export function usualClock(kernel: KernelTypes): number {
  return isAtLeast(kernel, 5, 8) ? helpers.bootNanoseconds : helpers.nanosecondsSinceBoot;
}

export function builtin(lowering: Lowering, written: string, place: Place, into?: Destination): Value {
  const name = written.replace(/^__builtin_/, '');
  if (Object.hasOwn(builtins, name)) return builtins[name]!(lowering, place, into);
  const number = /^(?:s?arg)(\d)$/.exec(name)?.[1];
  if (number !== undefined) return numberedArgument(lowering, Number(number), place);
  if (Object.hasOwn(withoutMeaning, name))
    throw new ScriptProblem(place, `${name} has no value here`, withoutMeaning[name]!);
  const enumerator = lowering.compilation.types.enumerator(name);
  if (enumerator?.type.kind === 'integer') {
    const type = integerValue(enumerator.type);
    return {
      kind: 'scalar',
      type: type.kind === 'integer' ? { ...type, written: 8 } : type,
      operand: constant(BigInt.asUintN(64, enumerator.value)),
    };
  }
  const known = named[name];
  if (known !== undefined) return { kind: 'scalar', type: signed, operand: constant(known), isLiteral: true };
  throw unknownName(place, `Unknown name "${name}"`, name, [...Object.keys(builtins), 'args', 'arg0'], 'builtins');
}

/** Constants of C that the kernel's types do not have. */
const named: Readonly<Record<string, number | undefined>> = {
  ...constants.errno,
  ...constants.signals,
  AF_UNSPEC: 0,
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
};

/** Whether the kernel knows the address of the function that the program is attached to. */
function isOfKernel({ context, provider }: Hook): boolean {
  return (context.kind === 'registers' && context.space === 'kernel') || provider === 'fentry' || provider === 'fexit';
}

function text(value: string): Value {
  const bytes = Buffer.from(value, 'utf8');
  return { kind: 'literal', type: { kind: 'text', bytes: bytes.length + 1 }, text: bytes };
}

function currentTask({ builder, compilation }: Lowering): Value {
  const to =
    compilation.types.named('struct task_struct') ??
    ({ kind: 'opaque', name: 'struct task_struct', bytes: 0 } as const);
  return { kind: 'scalar', type: { kind: 'pointer', to, space: 'kernel' }, operand: builder.helper(helpers.task) };
}

function memberOfTask(lowering: Lowering, path: readonly string[], place: Place): Value {
  return path.reduce(
    (value, name) => memberOf(lowering, objectOf(lowering, value, place), name, place),
    currentTask(lowering),
  );
}

function commandOf(lowering: Lowering, whose: string, place: Place, into: Destination | undefined): Value {
  const command = memberOf(lowering, objectOf(lowering, memberOfTask(lowering, [whose], place), place), 'comm', place);
  if (command.kind !== 'object') throw new ScriptProblem(place, 'The kernel has no name of a process', 'Use comm.');
  const address = lowering.builder.operate('add', command.address, constant(command.offset));
  return readText(lowering, 'kernel', address, commandBytes, into);
}

/** The two lowest bits of the code segment are 3 in programs of users. */
function usermode({ hook, builder, context, compilation }: Lowering, place: Place): Value {
  // The exporter itself runs it.
  if (hook.provider === 'begin') return scalar(constant(1), byte);
  const offset = registersOf(compilation.kernel).names.cs;
  if (offset === undefined || (hook.context.kind !== 'registers' && hook.context.kind !== 'perf event'))
    throw new ScriptProblem(place, 'usermode needs the registers of x86-64', 'Use a profile, a kprobe or a uprobe.');
  const level = builder.operate('and', builder.load({ base: context, offset }), constant(3));
  return scalar(builder.operate('shiftRight', level, constant(1)), byte);
}

function objectOf(lowering: Lowering, value: Value, place: Place): ObjectReference {
  const object =
    value.kind === 'scalar' && value.type.kind === 'pointer'
      ? valueAt(lowering, value.type.to, value.type.space, value.operand, 0, place)
      : value;
  if (object.kind === 'object') return object;
  throw new ScriptProblem(place, 'The kernel does not say what its tasks are: it has no BTF', 'Use comm, pid and tid.');
}

function numberedArgument(lowering: Lowering, number: number, place: Place): Value {
  const { hook, builder, context, compilation } = lowering;
  if (hook.context.kind === 'words') {
    const type = hook.context.parameters[number]?.type;
    if (type !== undefined && type.kind !== 'record') return word(lowering, number, type, place);
    if (hook.provider === 'rawtracepoint') return scalar(builder.load({ base: context, offset: 8 * number }));
    throw new ScriptProblem(place, `${hook.text} has no argument ${number}`, 'arg0 is the first.');
  }
  if (hook.context.kind !== 'registers' || hook.provider.endsWith('retprobe')) {
    throw new ScriptProblem(
      place,
      `${hook.provider} has no numbered arguments`,
      hook.context.kind === 'record' ? 'Use args.x.' : 'Use a probe at the entry.',
    );
  }
  if (hook.provider === 'usdt') return usdtArgument(lowering, number);
  const registers = registersOf(compilation.kernel);
  const offset = registers.arguments[number];
  if (offset !== undefined) return scalar(builder.load({ base: context, offset }));
  const stack = builder.load({ base: context, offset: registers.stack });
  // Above the return address where there is one.
  const above = compilation.kernel.architecture === 'x64' ? 1 : 0;
  const at = 8 * (number - registers.arguments.length + above);
  return valueAt(lowering, { kind: 'integer', bytes: 8, isSigned: false }, hook.context.space, stack, at, place);
}

function returned(lowering: Lowering, place: Place): Value {
  const { hook, builder, context, compilation } = lowering;
  if (hook.context.kind === 'words' && hook.context.result !== undefined) {
    if (hook.context.result.kind === 'void')
      throw new ScriptProblem(place, `${hook.function} returns nothing`, 'Count without retval.');
    return word(lowering, hook.context.parameters.length, hook.context.result, place);
  }
  if (!hook.provider.endsWith('retprobe')) {
    throw new ScriptProblem(place, `${hook.provider} has no retval`, 'Use kretprobe, uretprobe or fexit.');
  }
  return scalar(builder.load({ base: context, offset: registersOf(compilation.kernel).result }), unsigned);
}
