/** `kaddr("symbol")` and `percpu_kaddr("symbol", cpu)`: libbpf looks addresses up when it loads the object. */
import { type PointerValue, unsigned } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { scalarOf } from './conversion.js';
import { constant, helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { loadScalar } from './memory_access.js';
import type { Scalar } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;

/** An address of numbers of 8 bytes. */
const words: PointerValue = {
  kind: 'pointer',
  to: { kind: 'integer', bytes: 8, isSigned: false },
  space: 'kernel',
};

/** A number: to add 8 is to go on by 8 bytes. */
export function kernelAddress(lowering: Lowering, call: Call): Scalar {
  return { kind: 'scalar', type: unsigned, operand: lowering.builder.kernelSymbol(symbolOf(lowering, call)) };
}

/** Of this CPU, or of another one: its distance from the symbol is in an array of the kernel. */
export function cpuAddress(lowering: Lowering, call: Call): Scalar {
  const { builder } = lowering;
  const [, which] = call.arguments;
  const cpu: Operand =
    which === undefined ? builder.helper(helpers.cpu) : scalarOf(lowering, which, 'The number of a CPU').operand;
  const distances = builder.kernelSymbol('__per_cpu_offset');
  const at = builder.operate('add', distances, builder.operate('shiftLeft', cpu, constant(3)));
  const distance = loadScalar(lowering, 'kernel', at, 0, 8, false);
  const operand = builder.operate('add', builder.kernelSymbol(symbolOf(lowering, call)), distance);
  return { kind: 'scalar', type: words, operand };
}

function symbolOf({ compilation }: Lowering, { name, arguments: [symbol], place }: Call): string {
  if (symbol?.kind !== 'string' || !/^[A-Za-z_][\w.]*$/.test(symbol.value)) {
    throw new ScriptProblem(
      place,
      `${name}() takes the name of a variable or function of the kernel`,
      `Write it as in ${name}("avenrun").`,
    );
  }
  if (compilation.kernel.hasSymbol(symbol.value) === false) {
    throw new ScriptProblem(
      symbol.place,
      `The kernel does not say where "${symbol.value}" is`,
      'See /proc/kallsyms. A kernel that was built without CONFIG_KALLSYMS_ALL lists functions only.',
    );
  }
  return symbol.value;
}
