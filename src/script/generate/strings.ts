/** `str`, `buf` and the like: copies of what is in the memory of the kernel or of a process. */
import { valueText } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import { isText, sizeOf } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { constantArgument, only } from './arguments.js';
import { spaceOf } from './casts.js';
import { scalarOf } from './conversion.js';
import { constant, isConstant } from './function_builder.js';
import type { Destination, Lowering } from './lowering.js';
import { addressOf, readBytes, readText, textMemory } from './memory_access.js';
import { copyText } from './text_copies.js';
import type { Value } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;

export function string(
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

export function buffer(lowering: Lowering, call: Call): Value {
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

export function bytesOf(lowering: Lowering, call: Call, bytes: number, decode: string): Value {
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
