import type { DecodeContext, UserStack } from '../context.js';
import type { CompiledDecoder } from '../decoder.js';
import type { IntegerReader } from '../number_field.js';
import { type StackOrText, stackTextLimit } from '../stack_reader.js';
import { userFunctions } from './user_functions.js';

/**
 * A decoder of addresses in a process: its functions, innermost first, with `;` between them.
 * @param addressesOf reads the addresses
 * @param pidOf reads the id of the process
 * @returns undefined if one of the two is: its field is unsuitable
 */
export function userStackDecoder(
  addressesOf: ((bytes: Uint8Array) => StackOrText) | undefined,
  pidOf: IntegerReader | undefined,
  context: DecodeContext,
): CompiledDecoder | undefined {
  if (addressesOf === undefined || pidOf === undefined) return undefined;
  const names = userFunctions(context);
  const read = (bytes: Uint8Array): UserStack | string => {
    const addresses = addressesOf(bytes);
    return typeof addresses === 'string' ? addresses : { pid: Number(pidOf(bytes)), addresses };
  };
  return {
    textLimit: stackTextLimit,
    announce(bytes) {
      const stack = read(bytes);
      if (typeof stack !== 'string' && stack.addresses.length > 0) names.want(stack);
    },
    prepare: () => names.load(),
    decode(bytes) {
      const stack = read(bytes);
      if (typeof stack === 'string') return stack;
      const functions = names.of(stack) ?? stack.addresses.map((address) => `0x${address.toString(16)}`);
      return functions.join(';');
    },
  };
}
