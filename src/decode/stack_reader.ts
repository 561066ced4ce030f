import type { DecodedField } from './decoded_field.js';
import { addressesOf } from './stack_map.js';

/** Longest text of a label that shows a stack, in characters. */
export const stackTextLimit = 2048;

/** The addresses of a stack, innermost first; or the text of a label without a stack. */
export type StackOrText = readonly bigint[] | string;

/**
 * Makes a reader of the stack that a field holds, or that it names by the id that bpf_get_stackid returned. The text is empty if there was
 * no stack (a negative id), and the id if the map lacks the stack.
 * @param stacks name of the map of stacks; undefined if the field has the addresses
 * @returns undefined if the field is unsuitable
 * @throws MAP_UNKNOWN, MAP_WITHOUT_STACKS
 */
export function stackReader(
  field: DecodedField,
  stacks: string | undefined,
): ((bytes: Uint8Array) => StackOrText) | undefined {
  const { layout, offset, size } = field;
  if (stacks === undefined) {
    if (layout.kind !== 'array' || size === 0 || size % 8 !== 0) return undefined;
    return (bytes) => addressesOf(bytes, offset, size);
  }
  const read = layout.kind === 'integer' && size >= 4 ? field.integer(true) : undefined;
  if (read === undefined) return undefined;
  const map = field.stacks(stacks);
  return (bytes) => {
    const id = Number(read(bytes));
    if (id < 0) return '';
    const stack = map.read(id);
    return stack === undefined ? String(id) : addressesOf(stack);
  };
}
