import { compileScript, type GeneratedScript, type ScriptSource } from './compile_script.js';
import { Problems } from './findings.js';
import { mostOnStack } from './generate/function_builder.js';
import { assemble } from './object/assemble.js';
import { mostStackBytes, StackOverflow } from './object/stack_depth.js';
import { ScriptProblem } from './resolve/problem.js';
import type { Script } from './syntax/tree.js';

/** Registers that are spilled need the stack, too. How many there will be is known only after the values have their places. */
const attempts = [mostOnStack, 96, 0];

/**
 * Compiles a script to an object file. Where the kernel's stack is too small for it, less of it is on the stack.
 * @throws Faults SCRIPT_INVALID
 */
export function compileToFit(tree: Script, source: ScriptSource): { script: GeneratedScript; object: Uint8Array } {
  let overflow: StackOverflow | undefined;
  for (const slotBytes of attempts) {
    const script = compileScript(tree, { ...source, slotBytes });
    try {
      return { script, object: assemble(script.object) };
    } catch (error) {
      if (!(error instanceof StackOverflow)) throw error;
      overflow = error;
    }
  }
  const problems = new Problems(source);
  problems.add(
    new ScriptProblem(
      { start: 0, end: 0 },
      `The values of ${overflow!.functionName} take ${overflow!.bytes} bytes at a time, and the kernel's stack has ${mostStackBytes}`,
      'Divide its block into several for the same hook, or keep values in maps.',
    ),
  );
  return problems.stop();
}
