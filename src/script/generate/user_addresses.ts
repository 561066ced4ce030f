/** `uaddr("symbol")`: where a variable or function of the probed program is. */

import type { DefinedSymbols } from '../../elf/elf_symbols.js';
import type { PointerValue } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import type { Hook } from '../resolve/hook.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem, unknownName } from '../resolve/problem.js';
import type { Expression, Place } from '../syntax/tree.js';
import { constant, helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { registersOf } from './registers.js';
import type { Scalar } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;

/** A pointer to a number of the symbol's size; to 8 bytes if that is no size of a number. */
export function userAddress(lowering: Lowering, { arguments: [argument], place }: Call): Scalar {
  const { hook, compilation } = lowering;
  const { code } = hook;
  if (code === undefined) throw new ScriptProblem(place, `${hook.provider} has no program`, 'Use a uprobe or usdt.');
  if (argument?.kind !== 'string') {
    throw new ScriptProblem(place, 'uaddr() takes the name of a symbol', 'Write it as in uaddr("counter").');
  }
  const file = compilation.kernel.symbolsOf(code.target, () => true);
  if (file === undefined) {
    throw new ScriptProblem(place, `The symbols of ${code.target} cannot be read`, 'Write the path of the file.');
  }
  const { address, size } = symbolNamed(file, argument.value, code.target, argument.place);
  const bytes = size === 1 || size === 2 || size === 4 ? size : 8;
  const type: PointerValue = { kind: 'pointer', to: { kind: 'integer', bytes, isSigned: false }, space: 'user' };
  if (!file.isRelocated) return { kind: 'scalar', type, operand: constant(address) };
  const own = addressOfHook(hook, file, place);
  const operand = lowering.builder.operate(
    'add',
    runningAt(lowering, place),
    constant(BigInt.asUintN(64, address - own)),
  );
  return { kind: 'scalar', type, operand };
}

function symbolNamed({ symbols }: DefinedSymbols, name: string, target: string, place: Place) {
  const found = symbols.filter((symbol) => symbol.name === name);
  const globals = found.filter(({ isGlobal }) => isGlobal);
  const [first, ...others] = globals.length > 0 ? globals : found;
  if (first === undefined) {
    const known = [...new Set(symbols.map((symbol) => symbol.name))];
    throw unknownName(place, `${target} has no symbol "${name}"`, name, known, 'symbols');
  }
  if (others.every(({ address }) => address === first.address)) return first;
  throw new ScriptProblem(place, `${target} has several symbols "${name}"`, 'Use one whose name is unique.');
}

/** Where the file says that the hook is. */
function addressOfHook({ provider, code }: Hook, file: DefinedSymbols, place: Place): bigint {
  const { symbol, offset = 0, target } = code!;
  if (symbol !== undefined) return symbolNamed(file, symbol, target, place).address + BigInt(offset);
  const address = code!.offset === undefined ? undefined : file.addressAt(offset);
  if (address !== undefined) return address;
  throw new ScriptProblem(
    place,
    `${provider} does not say where ${target} is loaded`,
    'The file may be loaded anywhere: use a uprobe at one of its functions.',
  );
}

/** The address of the hook in the process. At a return, the kernel is asked for that of the function. */
function runningAt({ hook, builder, context, compilation }: Lowering, place: Place): Operand {
  if (hook.provider === 'uprobe')
    return builder.load({ base: context, offset: registersOf(compilation.kernel).instruction });
  if (isAtLeast(compilation.kernel, 6, 7)) return builder.helper(helpers.instructionPointer, context);
  throw new ScriptProblem(
    place,
    'Before Linux 6.7, a uretprobe does not say where its file is loaded',
    'Use a uprobe.',
  );
}
