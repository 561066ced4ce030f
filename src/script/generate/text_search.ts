/** `strlen`, `strstr` and `strcontains`. */
import { signed, storedSize, truth, unsigned, valueText } from '../check/value_type.js';
import type { IrFunction, Register } from '../ir/program.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { inMemory, textOf } from './conversion.js';
import { constant, FunctionBuilder } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Scalar, Value } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;
type Text = Extract<Value, { kind: 'memory' | 'literal' }>;

const notFound = 0xffff_ffff_ffff_ffffn;

/** Bytes before the NUL. */
export function textLength(lowering: Lowering, call: Call): Scalar {
  const [text] = texts(lowering, call, 1, '(comm)');
  return { kind: 'scalar', type: unsigned, operand: called(lowering, length, 'text_length', text!) };
}

/** Where the second text begins in the first, or -1. */
export function textPosition(lowering: Lowering, call: Call): Scalar {
  const [text, part] = texts(lowering, call, 2, '(comm, "ssh")');
  return { kind: 'scalar', type: signed, operand: called(lowering, position, 'text_position', text!, part!) };
}

export function textContains(lowering: Lowering, call: Call): Scalar {
  const { builder } = lowering;
  const { operand: position } = textPosition(lowering, call);
  const operand = builder.register();
  const [no, end] = [builder.block(), builder.block()];
  builder.set(operand, constant(1));
  builder.branch('equal', position, constant(notFound), no, end);
  builder.continueIn(no);
  builder.set(operand, constant(0));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: truth, operand };
}

function texts(lowering: Lowering, call: Call, count: number, example: string): Text[] {
  if (call.arguments.length !== count) {
    const number = count === 1 ? 'one text' : 'two texts';
    throw new ScriptProblem(call.place, `${call.name}() takes ${number}`, `Write it as in ${call.name}${example}.`);
  }
  return call.arguments.map((argument): Text => {
    const value = lowering.value(argument);
    // An address is that of a text, as for str().
    const text =
      textOf(lowering, value) ??
      (value.type.kind === 'pointer'
        ? textOf(lowering, lowering.value({ kind: 'call', name: 'str', arguments: [argument], place: call.place }))
        : undefined);
    if (text !== undefined) return text;
    throw new ScriptProblem(argument.place, `${valueText(value.type)} is no text`, 'Use str(x).');
  });
}

/** Calls a function with the address and the bytes of each text. */
function called(
  lowering: Lowering,
  made: (name: string) => IrFunction,
  name: string,
  ...all: readonly Text[]
): Register {
  const { builder, compilation } = lowering;
  if (!compilation.functions.has(name)) compilation.functions.set(name, made(name));
  const parameters = all.flatMap((text) => [
    builder.addressOf(inMemory(lowering, text)),
    constant(storedSize(text.type)),
  ]);
  return builder.call(name, ...parameters);
}

/** `text_length(text, bytes)` */
function length(name: string): IrFunction {
  const builder = new FunctionBuilder();
  const [text, bytes] = [builder.register(), builder.register()];
  const at = counted(builder, bytes, (index, end) => {
    builder.unlessZero(builder.load({ base: builder.operate('add', text, index), offset: 0 }, 1), end);
  });
  builder.end({ kind: 'return', value: at });
  return builder.finish(name, undefined, [text, bytes]);
}

/** `text_position(text, bytes, part, bytes of the part)` */
function position(name: string): IrFunction {
  const builder = new FunctionBuilder();
  const [text, bytes, part, partBytes] = [
    builder.register(),
    builder.register(),
    builder.register(),
    builder.register(),
  ];
  const [found, missing] = [builder.block(), builder.block()];
  const start = counted(builder, bytes, (index, end) => {
    const next = builder.block();
    counted(builder, partBytes, (step) => {
      const wanted = builder.load({ base: builder.operate('add', part, step), offset: 0 }, 1);
      builder.unlessZero(wanted, found);
      const at = builder.operate('add', index, step);
      const inside = builder.block();
      builder.branch('below', at, bytes, inside, missing);
      builder.continueIn(inside);
      const same = builder.block();
      builder.branch(
        'equal',
        builder.load({ base: builder.operate('add', text, at), offset: 0 }, 1),
        wanted,
        same,
        next,
      );
      builder.continueIn(same);
    });
    builder.jump(found);
    builder.continueIn(next);
    // Nothing begins after the end of the text.
    builder.unlessZero(builder.load({ base: builder.operate('add', text, index), offset: 0 }, 1), end);
  });
  builder.jump(missing);
  builder.continueIn(missing);
  builder.end({ kind: 'return', value: constant(notFound) });
  builder.continueIn(found);
  builder.end({ kind: 'return', value: start });
  return builder.finish(name, undefined, [text, bytes, part, partBytes]);
}

/** Counts from 0 up to a number that the verifier knows. Continues at the end. @returns the counter */
function counted(builder: FunctionBuilder, most: Register, body: (index: Register, end: number) => void): Register {
  const index = builder.register();
  const [head, inside, end] = [builder.block(), builder.block(), builder.block()];
  builder.set(index, constant(0));
  builder.jump(head);
  builder.continueIn(head);
  builder.branch('below', index, most, inside, end);
  builder.continueIn(inside);
  body(index, end);
  builder.set(index, builder.operate('add', index, constant(1)));
  builder.jump(head);
  builder.continueIn(end);
  return index;
}
