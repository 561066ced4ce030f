/**
 * Flags of V8 for reading processes. Nearly all their time is start-up: the optimiser and early garbage collections would not pay off.
 * The build compiles with the same flags: V8 refuses code that was compiled with others.
 *
 * @param {number} megabytes limit of the heap
 * @returns {string[]}
 */
export function engineFlags(megabytes) {
  return ['--no-opt', '--min-semi-space-size=16', `--max-old-space-size=${megabytes}`];
}

/** Limit of the heap of reading processes, in megabytes. */
export const readingMegabytes = 128;
