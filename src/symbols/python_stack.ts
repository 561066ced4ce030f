import type { Frame } from '../stacks/profile.js';

/**
 * Joins the two parts of a Python's stack, innermost first: the native code that the innermost Python function called, then the Python
 * functions. Native frames from the interpreter's loop on are left out, because they stand for the Python functions. So are unnamed
 * frames of the interpreter: they are its own work for the innermost function.
 */
export function pythonStack(
  native: readonly Frame[],
  functions: readonly Frame[],
  interpreter: string | undefined,
): Frame[] {
  const loop = native.findIndex(isLoop);
  const called = native
    .slice(0, loop === -1 ? native.length : loop)
    .filter((frame) => frame.function !== '' || frame.module !== interpreter);
  return [...called, ...functions];
}

/** Where the walk without frame pointers goes astray, addresses lie in no file. */
function isLoop(frame: Frame): boolean {
  return (
    frame.function === '_PyEval_EvalFrameDefault' ||
    (frame.module === '[jit]' && frame.function.startsWith('py::')) ||
    (frame.module === '' && frame.function === '')
  );
}
