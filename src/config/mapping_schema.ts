import { z } from 'zod';

/**
 * A mapping that refuses unknown keys. Its messages follow the convention of all schemas here (they name what is expected),
 * so that of `unrecognized_keys` is the list of the known ones, with spaces between.
 */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, expected: string) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : expected),
  });
}
