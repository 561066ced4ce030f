/** One random script, run by the interpreter and by the kernel. */
import { isNativeError } from '../../../src/kernel/addon.js';
import { usefulLines } from '../../../src/kernel/log_lines.js';
import type { KernelTypes } from '../../../src/script/resolve/kernel_types.js';
import { parseScript } from '../../../src/script/syntax/parse.js';
import { withScopes } from '../../../src/script/syntax/scopes.js';
import { printScript } from '../syntax/script_text.js';
import type { Choices } from './choices.js';
import { type InterpretedValue, Interpreter, numberType, plainText } from './interpreter.js';
import { KernelRun } from './kernel_run.js';
import { asType } from './number_type.js';
import { randomScript } from './random_script.js';

export interface Comparison {
  /** What differs; undefined: nothing. */
  readonly difference: string | undefined;
  /** A refusal of the verifier: the difference is its reason. */
  readonly isRefused: boolean;
  readonly text: string;
  /** Programs that ran; 0 if the script is too large for the kernel. */
  readonly programs: number;
}

export async function compareRuns(choices: Choices, kernel: KernelTypes): Promise<Comparison> {
  const { tree: made, maps, inputs } = randomScript(choices);
  const text = printScript(made);
  const tree = withScopes(parseScript(text, 'x.bt'));
  const programs = tree.probes.length - 1;
  let loaded: KernelRun;
  try {
    loaded = await KernelRun.load(tree, text, kernel);
  } catch (error) {
    const reason = refusal(error);
    // A random script can have more values at a time than the kernel's stack of 512 bytes holds, or more paths than the verifier follows.
    if (/bytes at a time, and the kernel's stack has|BPF program is too large/.test(reason))
      return { difference: undefined, isRefused: true, text, programs: 0 };
    return { difference: reason, isRefused: true, text, programs };
  }
  try {
    const interpreter = new Interpreter(maps);
    for (const values of inputs) {
      for (const [index, { name, type }] of maps.inputs.entries()) {
        interpreter.setInput(name, type, values[index]!);
        loaded.setInput(name, asType(values[index]!, numberType(type)).value);
      }
      for (let block = 1; block <= programs; block++) {
        interpreter.run(tree, block);
        await loaded.run(block);
      }
    }
    const compared = [...maps.numbers, ...maps.texts, ...maps.tuples, ...maps.aggregates];
    for (const { name, key } of compared) {
      const difference = differenceOf(
        interpreter.maps.get(name) ?? new Map(),
        await loaded.map(name),
        key.length === 0,
      );
      if (difference !== undefined) return { difference: `@${name}: ${difference}`, isRefused: false, text, programs };
    }
    return { difference: undefined, isRefused: false, text, programs };
  } finally {
    loaded.close();
  }
}

/** What the verifier says, or where the compiler broke down. */
function refusal(error: unknown): string {
  if (isNativeError(error)) return `${error.message}\n${usefulLines(error.log)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** @param isScalar a map without keys: the kernel always has its entry */
function differenceOf(
  expected: ReadonlyMap<string, InterpretedValue | ReadonlyMap<string, bigint>>,
  received: ReadonlyMap<string, string | ReadonlyMap<string, bigint>>,
  isScalar: boolean,
): string | undefined {
  for (const key of new Set([...expected.keys(), ...received.keys()])) {
    const [wanted, found] = [expected.get(key), received.get(key)];
    if (wanted === undefined && isScalar) continue;
    const a = wanted === undefined ? undefined : resultText(wanted);
    const b = found instanceof Map ? numbersText(found) : found;
    if (a !== b) return `[${key}] must be ${a}, and is ${b}`;
  }
  return undefined;
}

function resultText(result: InterpretedValue | ReadonlyMap<string, bigint>): string {
  return result instanceof Map ? numbersText(result) : plainText(result as InterpretedValue);
}

/** Without numbers that are 0: the kernel has them from the beginning. */
function numbersText(numbers: ReadonlyMap<string, bigint>): string {
  return [...numbers]
    .filter(([name, value]) => value !== 0n || name === 'value')
    .map(([name, value]) => `${name} ${value}`)
    .sort()
    .join(', ');
}
