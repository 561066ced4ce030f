/** Calls of functions that give a value. Those that only print are statements (`printing.ts`). */
import { type IntegerValue, signed, unsigned, valueText } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import { isText, sizeOf } from '../resolve/c_type.js';
import { ScriptProblem, unknownName } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { isBuiltin, usualClock } from './builtins.js';
import { spaceOf } from './casts.js';
import { scalarOf } from './conversion.js';
import { constant, helpers, isConstant } from './function_builder.js';
import { cpuAddress, kernelAddress } from './kernel_addresses.js';
import type { Destination, Lowering } from './lowering.js';
import { findEntry } from './map_find.js';
import { length } from './map_length.js';
import { deleteEntry, hasKey } from './map_updates.js';
import { addressOf, loadScalar, readBytes, readText, textMemory } from './memory_access.js';
import { networkAddress, networkBytes } from './network_addresses.js';
import { withoutValue } from './printing.js';
import { registersOf } from './registers.js';
import { kernelStack } from './stacks.js';
import { compareBytes } from './text_comparison.js';
import { copyText } from './text_copies.js';
import { textContains, textLength, textPosition } from './text_search.js';
import { questionNames, typeQuestion } from './type_questions.js';
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
  find: findEntry,
  is_err: isError,
  assert: assertion,
  bswap: swapped,
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
  uaddr: 'Addresses of a process differ from file to file. Use a uprobe at the symbol.',
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
  leader_tid: ['group_leader', 'pid'],
  leader_comm: ['group_leader', 'comm'],
};

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

export function only(call: Call): Expression {
  const [first] = call.arguments;
  if (first !== undefined && call.arguments.length === 1) return first;
  throw new ScriptProblem(call.place, `${call.name}() takes one argument`, `Write it as in ${call.name}(x).`);
}

/** The number that an argument always is; undefined: it is left out. @throws ScriptProblem if it is not constant */
export function constantArgument(lowering: Lowering, argument: Expression | undefined): number | undefined {
  if (argument === undefined || (argument.kind === 'name' && argument.name === 'bpftrace')) return undefined;
  const { operand } = scalarOf(lowering, argument, 'This argument');
  if (isConstant(operand)) return Number(BigInt.asIntN(64, operand.constant));
  throw new ScriptProblem(argument.place, 'This argument must be a constant', 'Write a number.');
}

function string(
  lowering: Lowering,
  call: Call,
  space: 'kernel' | 'user' | undefined,
  into: Destination | undefined,
): Value {
  const [source, length] = call.arguments;
  if (source === undefined || call.arguments.length > 2) {
    throw new ScriptProblem(
      call.place,
      `${call.name}() takes an address and a length`,
      `Write it as in ${call.name}(args.filename).`,
    );
  }
  const value = lowering.value(source);
  if (value.kind === 'literal' || (value.kind === 'memory' && value.type.kind === 'text')) return value;
  const { longestText } = lowering.compilation.settings;
  if (value.kind === 'object' && isText(value.type.of) && value.type.of.kind === 'array') {
    const { count } = value.type.of;
    return readText(
      lowering,
      value.type.space,
      addressOf(lowering, value),
      Math.min(count || longestText, longestText),
      into,
    );
  }
  if (value.kind !== 'scalar')
    throw new ScriptProblem(
      source.place,
      `${valueText(value.type)} is no address of a text`,
      'Use a char * or a char array.',
    );
  // Arguments of system calls are addresses of the process.
  const isUsers = lowering.hook.provider === 'tracepoint' && /^tracepoint:syscalls:/.test(lowering.hook.text);
  const known = value.type.kind === 'pointer' ? value.type.space : spaceOf(lowering);
  const from = space ?? (isUsers && value.type.kind === 'pointer' ? 'user' : known);
  if (length === undefined) return readText(lowering, from, value.operand, longestText, into);
  const size = scalarOf(lowering, length, 'The length').operand;
  if (isConstant(size)) {
    const bytes = Math.min(Number(BigInt.asUintN(32, size.constant)), longestText);
    return readText(lowering, from, value.operand, Math.max(1, bytes), into);
  }
  return readText(lowering, from, value.operand, longestText, into, bounded(lowering, size, longestText));
}

/** A length from 1 to `most`, so that the verifier sees it. */
function bounded({ builder }: Lowering, length: Operand, most: number): Operand {
  const size = builder.register();
  const [some, none, large, end] = [builder.block(), builder.block(), builder.block(), builder.block()];
  builder.set(size, length);
  builder.branch('equal', size, constant(0), none, some);
  builder.continueIn(none);
  builder.set(size, constant(1));
  builder.jump(end);
  builder.continueIn(some);
  builder.branch('above', size, constant(most), large, end);
  builder.continueIn(large);
  builder.set(size, constant(most));
  builder.jump(end);
  builder.continueIn(end);
  return size;
}

function buffer(lowering: Lowering, call: Call): Value {
  const bytes = constantArgument(lowering, call.arguments[1]);
  const value = lowering.value(call.arguments[0] ?? call);
  const known = value.kind === 'object' && value.type.of.kind === 'array' ? sizeOf(value.type.of) : undefined;
  const size = bytes ?? known;
  if (size === undefined || !(size >= 1 && size <= 64)) {
    throw new ScriptProblem(
      call.place,
      'buf() needs a constant length from 1 to 64',
      'Write it as in buf(args.data, 16).',
    );
  }
  return bytesOf(lowering, { ...call, arguments: call.arguments.slice(0, 1) }, size, 'hex');
}

function bytesOf(lowering: Lowering, call: Call, bytes: number, decode: string): Value {
  const value = lowering.value(only(call));
  const memory = textMemory(lowering, bytes, undefined);
  if (copyText(lowering, value, bytes, memory))
    return { kind: 'memory', type: { kind: 'bytes', bytes, decode }, memory };
  if (value.kind === 'object') readBytes(lowering, value.type.space, addressOf(lowering, value), bytes, memory);
  else if (value.kind === 'scalar') {
    const space = value.type.kind === 'pointer' ? value.type.space : spaceOf(lowering);
    readBytes(lowering, space, value.operand, bytes, memory);
  } else throw new ScriptProblem(call.place, `${call.name}() takes an address`, 'Use a pointer or an array.');
  return { kind: 'memory', type: { kind: 'bytes', bytes, decode }, memory };
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
    type: { kind: 'pointer', to: type.kind === 'pointer' ? type.to : { kind: 'void' }, space },
    operand,
  };
}
