/** Calls of functions that give a value. Those that only print are statements (`printing.ts`). */
import { type IntegerValue, signed, unsigned } from '../check/value_type.js';
import { ScriptProblem, unknownName } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { constantArgument, only } from './arguments.js';
import { isBuiltin, usualClock } from './builtins.js';
import { scalarOf } from './conversion.js';
import { constant, helpers, isConstant } from './function_builder.js';
import { cpuAddress, kernelAddress } from './kernel_addresses.js';
import type { Destination, Lowering } from './lowering.js';
import { findEntry } from './map_find.js';
import { length } from './map_length.js';
import { deleteEntry, hasKey } from './map_updates.js';
import { loadScalar } from './memory_access.js';
import { networkAddress, networkBytes } from './network_addresses.js';
import { withoutValue } from './printing.js';
import { registersOf } from './registers.js';
import { kernelStack } from './stacks.js';
import { buffer, bytesOf, string } from './strings.js';
import { commandOfNumber } from './task_commands.js';
import { compareBytes } from './text_comparison.js';
import { textContains, textLength, textPosition } from './text_search.js';
import { questionNames, typeQuestion } from './type_questions.js';
import { userAddress } from './user_addresses.js';
import type { Value } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;
type Function = (lowering: Lowering, call: Call, into: Destination | undefined) => Value;

/** A number that a label shows by a decoder. */
const shownBy =
  (decode: string, type: IntegerValue = unsigned): Function =>
  (lowering, call) => {
    const { operand } = scalarOf(lowering, only(call), `The argument of ${call.name}()`);
    return { kind: 'scalar', type: { ...type, decode }, operand };
  };

const functions: Readonly<Record<string, Function>> = {
  str: (lowering, call, into) => string(lowering, call, undefined, into),
  kstr: (lowering, call, into) => string(lowering, call, 'kernel', into),
  ustr: (lowering, call, into) => string(lowering, call, 'user', into),
  buf: buffer,
  kstack: (lowering, call, into) =>
    kernelStack(lowering, constantArgument(lowering, call.arguments.at(-1)), call.place, into),
  ksym: shownBy('ksym'),
  strerror: shownBy('errno', signed),
  syscall_name: shownBy('syscall'),
  signal_name: shownBy('signal'),
  cgroup_path: shownBy('cgroup'),
  macaddr: (lowering, call) => bytesOf(lowering, call, 6, 'mac'),
  ntop: networkAddress,
  nsecs: clock,
  strncmp: compareTexts,
  memcmp: compareTexts,
  strlen: textLength,
  strstr: textPosition,
  strcontains: textContains,
  pton: networkBytes,
  kaddr: kernelAddress,
  percpu_kaddr: cpuAddress,
  uaddr: userAddress,
  find: findEntry,
  is_err: isError,
  assert: assertion,
  bswap: swapped,
  socket_cookie: socketCookie,
  reg: register,
  kptr: (lowering, call) => inSpace(lowering, call, 'kernel'),
  uptr: (lowering, call) => inSpace(lowering, call, 'user'),
  delete: deleteEntry,
  getopt: option,
  has_key: hasKey,
  len: length,
};

const refused: Readonly<Record<string, string>> = {
  system: 'An exporter never changes the host.',
  signal: 'An exporter never changes the host.',
  signal_thread: 'An exporter never changes the host.',
  override: 'An exporter never changes the host.',
  ustack: 'No label shows the functions of a process. Use the profiles of docs/flight_recorder.md.',
  usym: 'No label shows the functions of a process. Use ksym() for the kernel, or the profiles of docs/flight_recorder.md.',
  path: 'Only a few functions may ask the kernel for a path. Use the name in the directory entry: str(file->f_path.dentry->d_name.name).',
  strftime: 'A time as a label makes a series for every moment. Use a counter: Prometheus keeps the time.',
  tseries: 'Prometheus keeps series over time by itself. Use sum(), min(), max() or avg().',
  cgroupid: 'Compare cgroup_path labels in Prometheus, or give the number.',
  skboutput: 'Packets are not written to files here.',
  unwatch: 'Watchpoints are not supported.',
  macro: 'Macros are expanded where they are called.',
};

const aggregations = ['count', 'sum', 'min', 'max', 'avg', 'stats', 'hist', 'lhist'];

export function call(lowering: Lowering, expression: Call, into?: Destination): Value {
  const { name, place } = expression;
  if (Object.hasOwn(functions, name)) return functions[name]!(lowering, expression, into);
  const answer = typeQuestion(lowering, name, expression.arguments[0]) ?? calledBuiltin(lowering, expression, into);
  if (answer !== undefined) return answer;
  const printed = withoutValue(lowering, expression);
  if (printed !== undefined) return printed;
  if (Object.hasOwn(refused, name)) throw new ScriptProblem(place, `${name}() is not supported`, refused[name]!);
  if (aggregations.includes(name)) {
    throw new ScriptProblem(place, `${name}() can only be assigned to a map`, `Write it as in @x[comm] = ${name}(…);`);
  }
  const { macroParameters: taken } = expression;
  if (taken !== undefined) {
    throw new ScriptProblem(
      place,
      `Macro ${name} takes ${taken} ${taken === 1 ? 'argument' : 'arguments'}, not ${expression.arguments.length}`,
      'Give it as many, or define another macro of this name.',
    );
  }
  throw unknownName(
    place,
    `Unknown function "${name}"`,
    name,
    [...Object.keys(functions), ...questionNames, ...aggregations],
    'functions',
  );
}

/** `pid()`, `pid(init)`, `ppid($task)`. Undefined: it is no builtin. */
function calledBuiltin(lowering: Lowering, call: Call, into: Destination | undefined): Value | undefined {
  const { name, place } = call;
  if (Object.hasOwn(ofTask, name) && call.arguments.length === 1) {
    const command = name === 'comm' ? commandOfNumber(lowering, call, into) : undefined;
    if (command !== undefined) return command;
    const object = ofTask[name]!.slice(0, -1).reduce<Expression>(
      (of, step) => ({ kind: 'field', object: of, name: step, isArrow: true, place }),
      call.arguments[0]!,
    );
    const field: Expression = { kind: 'field', object, name: ofTask[name]!.at(-1)!, isArrow: true, place };
    return lowering.value(field, into);
  }
  const isPlain = call.arguments.length === 0;
  const isOfNamespace = (name === 'pid' || name === 'tid') && call.arguments.length === 1;
  return isBuiltin(name) && (isPlain || isOfNamespace)
    ? lowering.value({ kind: 'name', name, place }, into)
    : undefined;
}

/** What `name(task)` reads of a task. */
const ofTask: Readonly<Record<string, readonly string[]>> = {
  ppid: ['real_parent', 'pid'],
  pcomm: ['real_parent', 'comm'],
  comm: ['comm'],
  leader_tid: ['group_leader', 'pid'],
  leader_comm: ['group_leader', 'comm'],
};

/** The kernel numbers a socket when somebody asks for its cookie, which reading it here does not: 0 until then. */
function socketCookie(lowering: Lowering, call: Call): Value {
  const { place } = call;
  const type = { kind: 'type', name: 'struct sock_common', pointers: 1, dimensions: [], place } as const;
  const path = ['skc_cookie', 'counter'];
  const cookie = path.reduce<Expression>((object, name) => ({ kind: 'field', object, name, isArrow: true, place }), {
    kind: 'cast',
    type,
    operand: only(call),
    place,
  });
  const value = lowering.value(cookie);
  return value.kind === 'scalar' ? { ...value, type: unsigned } : value;
}

/** The last page of addresses holds errors of the kernel. */
function isError(lowering: Lowering, call: Call): Value {
  const { place } = call;
  const address: Expression = {
    kind: 'cast',
    type: { kind: 'type', name: 'uint64', pointers: 0, dimensions: [], place },
    operand: only(call),
    place,
  };
  const lowest: Expression = { kind: 'integer', value: 2n ** 64n - 4095n, isUnsigned: true, place };
  return lowering.value({ kind: 'binary', operator: '>=', left: address, right: lowest, place });
}

function assertion({ compilation }: Lowering, { place }: Call): Value {
  compilation.notice(place, 'assert() is left out: an exporter runs on');
  return { kind: 'nothing', type: { kind: 'nothing' } };
}

const clocks: Readonly<Record<string, number>> = {
  monotonic: helpers.nanosecondsSinceBoot,
  boot: helpers.bootNanoseconds,
  tai: helpers.taiNanoseconds,
  sw_tai: helpers.taiNanoseconds,
};

function clock({ builder, compilation }: Lowering, { arguments: [argument], place }: Call): Value {
  const name = argument?.kind === 'name' ? argument.name : '';
  const named = Object.hasOwn(clocks, name) ? clocks[name] : undefined;
  const helper = argument === undefined ? usualClock(compilation.kernel) : named;
  if (helper === undefined) throw unknownName(place, `Unknown clock "${name}"`, name, Object.keys(clocks), 'clocks');
  return { kind: 'scalar', type: unsigned, operand: builder.helper(helper) };
}

function compareTexts(lowering: Lowering, call: Call): Value {
  const [left, right, length] = call.arguments;
  const bytes = constantArgument(lowering, length);
  if (left === undefined || right === undefined || bytes === undefined || bytes < 0) {
    throw new ScriptProblem(
      call.place,
      `${call.name}() takes two texts and a constant length`,
      `Write it as in ${call.name}(comm, "ssh", 3) == 0.`,
    );
  }
  const a = lowering.value(left);
  const b = lowering.value(right);
  const difference = compareBytes(lowering, a, b, call.place, bytes);
  if (isConstant(difference))
    return { kind: 'scalar', type: unsigned, operand: constant(difference.constant === 0n ? 0 : 1) };
  const { builder } = lowering;
  const result = builder.register();
  const [different, end] = [builder.block(), builder.block()];
  builder.set(result, constant(0));
  builder.branch('unequal', difference, constant(0), different, end);
  builder.continueIn(different);
  builder.set(result, constant(1));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: unsigned, operand: result };
}

/** Options of the command line have their defaults: a script of an exporter has none. */
function option(lowering: Lowering, { arguments: [, usual], place }: Call, into: Destination | undefined): Value {
  return lowering.value(usual ?? { kind: 'boolean', value: false, place }, into);
}

function swapped(lowering: Lowering, call: Call): Value {
  const value = scalarOf(lowering, only(call), 'The argument of bswap()');
  const { type, operand } = value;
  const bytes = type.kind === 'integer' ? type.bytes : 8;
  if (bytes === 1 || isConstant(operand)) {
    if (!isConstant(operand)) return value;
    const swappedBytes = Buffer.alloc(8);
    swappedBytes.writeBigUInt64LE(operand.constant);
    return {
      kind: 'scalar',
      type: unsigned,
      operand: constant(swappedBytes.subarray(0, bytes).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)),
    };
  }
  const to = lowering.builder.register();
  lowering.builder.emit({ kind: 'swap', to, from: operand, bits: (bytes * 8) as 16 | 32 | 64 });
  return { kind: 'scalar', type: { ...unsigned, bytes }, operand: to };
}

function register(lowering: Lowering, call: Call): Value {
  const argument = only(call);
  const { hook, context, compilation } = lowering;
  const { names } = registersOf(compilation.kernel);
  const name = argument.kind === 'string' ? argument.value : '';
  if (hook.context.kind !== 'registers' && hook.context.kind !== 'perf event') {
    throw new ScriptProblem(call.place, `${hook.provider} has no registers`, 'Use a kprobe, a uprobe or a profile.');
  }
  const offset = Object.hasOwn(names, name) ? names[name] : undefined;
  if (offset === undefined)
    throw unknownName(argument.place, `Unknown register "${name}"`, name, Object.keys(names), 'registers');
  return { kind: 'scalar', type: unsigned, operand: loadScalar(lowering, 'context', context, offset, 8, false) };
}

function inSpace(lowering: Lowering, call: Call, space: 'kernel' | 'user'): Value {
  const { type, operand } = scalarOf(lowering, only(call), `The argument of ${call.name}()`);
  return {
    kind: 'scalar',
    type: {
      kind: 'pointer',
      to: type.kind === 'pointer' ? type.to : { kind: 'integer', bytes: 8, isSigned: false },
      space,
    },
    operand,
  };
}
