/** `ntop(address)` and `ntop(family, address)` */

import { isIPv4, isIPv6 } from 'node:net';
import { roundUp } from '../check/value_type.js';
import { isText, sizeOf } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { spaceOf } from './casts.js';
import { scalarOf } from './conversion.js';
import { constant, isConstant, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { addressOf, asObject, readBytes, textMemory } from './memory_access.js';
import type { Value } from './value.js';

const inet = 2n;
const inet6 = 10n;

/** `pton("127.0.0.1")`: the bytes of a literal address, as the network has them. */
export function networkBytes(lowering: Lowering, call: Extract<Expression, { kind: 'call' }>): Value {
  const [argument] = call.arguments;
  const text = argument?.kind === 'string' ? argument.value : '';
  const bytes = bytesOfAddress(text);
  if (bytes === undefined)
    throw new ScriptProblem(call.place, 'pton() takes an address in quotes', 'Write it as in pton("127.0.0.1").');
  const memory = lowering.temporary(bytes.length);
  const words = Buffer.alloc(roundUp(bytes.length));
  bytes.copy(words);
  for (let at = 0; at < words.length; at += 8)
    lowering.builder.store(shifted(memory, at), constant(words.readBigUInt64LE(at)));
  const of = { kind: 'array', element: { kind: 'integer', bytes: 1, isSigned: false }, count: bytes.length } as const;
  return { kind: 'memory', type: { kind: 'bytes', bytes: bytes.length, decode: 'inet', of }, memory };
}

function bytesOfAddress(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text)) return undefined;
  // The URL parser writes an address out, without the form that ends like IPv4.
  const written = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const words = (part: string | undefined) => (part ? part.split(':').map((word) => Number.parseInt(word, 16)) : []);
  const [first, last] = [words(head), words(tail)];
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/**
 * 4 bytes where the address is known to be of IPv4, otherwise 16: of IPv4 as ::ffff:a.b.c.d. A number is an address of IPv4 in
 * network order.
 */
export function networkAddress(lowering: Lowering, call: Extract<Expression, { kind: 'call' }>): Value {
  const source = call.arguments.at(-1);
  if (source === undefined || call.arguments.length > 2) {
    throw new ScriptProblem(
      call.place,
      'ntop() takes a family and an address',
      'Write it as in ntop(AF_INET, $addr) or ntop($addr).',
    );
  }
  const { builder } = lowering;
  const family = call.arguments.length === 2 ? scalarOf(lowering, call.arguments[0]!, 'The family').operand : undefined;
  const given = lowering.value(source);
  const value = asObject(lowering, given) ?? given;
  const known = family !== undefined && isConstant(family) ? family.constant : undefined;
  if (value.kind === 'scalar' && value.type.kind === 'integer') {
    const memory = lowering.temporary(8);
    builder.store(memory, builder.extend(value.operand, 4, false));
    return { kind: 'memory', type: { kind: 'bytes', bytes: 4, decode: 'inet' }, memory };
  }
  if (value.kind !== 'object' && value.kind !== 'scalar') {
    throw new ScriptProblem(source.place, 'This is no address', 'Use a number, or an array of 4 or 16 bytes.');
  }
  const address = value.kind === 'object' ? addressOf(lowering, value) : value.operand;
  const space = value.type.kind === 'pointer' || value.type.kind === 'object' ? value.type.space : spaceOf(lowering);
  const size = value.kind === 'object' && !isText(value.type.of) ? sizeOf(value.type.of) : 16;
  const isShort = known === inet || (known === undefined && family === undefined && size === 4);
  const bytes = isShort ? 4 : 16;
  const memory = textMemory(lowering, bytes, undefined);
  const type = { kind: 'bytes', bytes, decode: 'inet' } as const;
  if (isShort || known === inet6 || family === undefined) {
    readBytes(lowering, space, address, bytes, memory);
    return { kind: 'memory', type, memory };
  }
  const [short, long, end] = [builder.block(), builder.block(), builder.block()];
  builder.branch('equal', family, constant(inet), short, long);
  builder.continueIn(short);
  builder.store(shifted(memory, 8), constant(0xffff_0000n));
  readBytes(lowering, space, address, 4, shifted(memory, 12));
  builder.jump(end);
  builder.continueIn(long);
  readBytes(lowering, space, address, Math.min(16, Math.max(size, 4)), memory);
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'memory', type, memory };
}
