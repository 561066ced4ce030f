/** Arguments of USDT probes: libbpf writes where each is into a map, for each place that a program is attached to. */
import { signed } from '../check/value_type.js';
import type { IrFunction, Register } from '../ir/program.js';
import { isAtLeast, type KernelTypes } from '../resolve/kernel_types.js';
import { constant, FunctionBuilder, helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { type Registers, registersOf } from './registers.js';
import type { Scalar } from './value.js';

/** `struct __bpf_usdt_spec`: so many arguments of 16 bytes, a number of the user's, and how many of the arguments there are. */
const mostArguments = 12;
const argumentBytes = 16;
const countAt = mostArguments * argumentBytes + 8;

/** `struct __bpf_usdt_arg_spec`: a number, the kind of place, and how to widen what is read. */
const numberAt = 0;
const kindAt = 8;
const registerAt = 12;
const isSignedAt = 14;
const shiftAt = 15;

/** `enum __bpf_usdt_arg_type`; any other is a register that another one is added to. */
const kinds = { constant: 0, register: 1, memory: 2 } as const;

/** An argument, counted from 0. It is 0 where the place has no such argument. */
export function usdtArgument(lowering: Lowering, number: number): Scalar {
  const { builder, compilation, context } = lowering;
  const name = 'usdt_argument';
  if (!compilation.functions.has(name)) compilation.functions.set(name, reader(name, compilation.kernel));
  const operand = number < mostArguments ? builder.call(name, context, constant(number)) : constant(0);
  return { kind: 'scalar', type: signed, operand };
}

/** `usdt_argument(context, number)` */
function reader(name: string, kernel: KernelTypes): IrFunction {
  const builder = new FunctionBuilder();
  const [context, number] = [builder.register(), builder.register()];
  const none = builder.block();
  const key = builder.slot(8)!;
  const word = builder.slot(8)!;
  const read = (helper: number, address: Register): Register => {
    builder.store(word, constant(0));
    builder.helper(helper, builder.addressOf(word), constant(8), address);
    return builder.load(word);
  };
  builder.store(key, idOfPlace(builder, kernel, context, none));
  const spec = builder.helper(helpers.lookUp, builder.map('__bpf_usdt_specs'), builder.addressOf(key));
  builder.unlessZero(spec, none);
  const known = builder.block();
  builder.branch('below', number, builder.load({ base: spec, offset: countAt }, 2), known, none);
  builder.continueIn(known);
  const inBounds = builder.block();
  builder.branch('below', number, constant(mostArguments), inBounds, none);
  builder.continueIn(inBounds);
  const place = builder.operate('add', spec, builder.operate('mul', number, constant(argumentBytes)));
  const kind = builder.load({ base: place, offset: kindAt }, 1);
  const value = builder.register();
  builder.set(value, builder.load({ base: place, offset: numberAt }));
  const [notConstant, inMemory, indexed, widen] = [builder.block(), builder.block(), builder.block(), builder.block()];
  builder.branch('equal', kind, constant(kinds.constant), widen, notConstant);
  builder.continueIn(notConstant);
  const offset = builder.load({ base: place, offset: registerAt }, 2, true);
  const register = read(helpers.readKernel, builder.operate('add', context, offset));
  const [inRegister, address] = [builder.block(), builder.register()];
  builder.set(address, builder.operate('add', register, value));
  const notRegister = builder.block();
  builder.branch('equal', kind, constant(kinds.register), inRegister, notRegister);
  builder.continueIn(inRegister);
  builder.set(value, register);
  builder.jump(widen);
  builder.continueIn(notRegister);
  builder.branch('equal', kind, constant(kinds.memory), inMemory, indexed);
  builder.continueIn(indexed);
  // Bits of the second register's offset, and of the power of two that it is multiplied by.
  const more = builder.load({ base: place, offset: kindAt }, 4);
  const indexOffset = builder.operate('and', builder.operate('shiftRight', more, constant(8)), constant(0xfff));
  const index = read(helpers.readKernel, builder.operate('add', context, indexOffset));
  const scale = builder.operate('and', builder.operate('shiftRight', more, constant(20)), constant(0xf));
  builder.set(address, builder.operate('add', address, builder.operate('shiftLeft', index, scale)));
  builder.jump(inMemory);
  builder.continueIn(inMemory);
  builder.set(value, read(helpers.readUser, address));
  builder.jump(widen);
  builder.continueIn(widen);
  const shift = builder.operate('and', builder.load({ base: place, offset: shiftAt }, 1), constant(63));
  const left = builder.operate('shiftLeft', value, shift);
  const [signedValue, unsignedValue] = [builder.block(), builder.block()];
  const isSigned = builder.load({ base: place, offset: isSignedAt }, 1);
  builder.branch('unequal', isSigned, constant(0), signedValue, unsignedValue);
  builder.continueIn(signedValue);
  builder.end({ kind: 'return', value: builder.operate('signedShiftRight', left, shift) });
  builder.continueIn(unsignedValue);
  builder.end({ kind: 'return', value: builder.operate('shiftRight', left, shift) });
  builder.continueIn(none);
  builder.end({ kind: 'return', value: constant(0) });
  return builder.finish(name, undefined, [context, number]);
}

/** What libbpf calls the place: the program's cookie, or, where the kernel has none, what a map says of the address. */
function idOfPlace(builder: FunctionBuilder, kernel: KernelTypes, context: Register, none: number): Register {
  const hasCookies = kernel.btf?.enumerator('BPF_FUNC_get_attach_cookie') !== undefined || isAtLeast(kernel, 5, 15);
  if (hasCookies) return builder.helper(helpers.cookie, context);
  const key = builder.slot(8)!;
  const { instruction }: Registers = registersOf(kernel);
  builder.store(key, builder.load({ base: context, offset: instruction }));
  const id = builder.helper(helpers.lookUp, builder.map('__bpf_usdt_ip_to_spec_id'), builder.addressOf(key));
  builder.unlessZero(id, none);
  return builder.load({ base: id, offset: 0 }, 4);
}
