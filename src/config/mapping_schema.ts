import { z } from 'zod';
import { mustBe } from './sentences.js';

/** A mapping that refuses unknown keys. The message of `unrecognized_keys` is the list of known keys, separated by spaces. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, what: string) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : mustBe(what)),
  });
}
