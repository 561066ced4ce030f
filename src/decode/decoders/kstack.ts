import type { DecoderSpec } from '../../config/probe_schema.js';
import type { Decoder } from '../decoder.js';
import { symbolTable } from '../names/symbol_table.js';
import { stackReader, stackTextLimit } from '../stack_reader.js';

type Settings = Extract<DecoderSpec, { kind: 'kstack' }>;

/**
 * The functions of a kernel stack, the innermost first, with `;` between them. The field holds the addresses that bpf_get_stack
 * stores, or the id of a stack in a map.
 */
export const kstack: Decoder<Settings> = {
  takes: 'an array whose size is a multiple of 8 bytes, or with `stacks` an integer of 4 or 8 bytes',
  compile(field, context, { stacks, separator = ';' }) {
    const read = stackReader(field, stacks);
    if (read === undefined) return undefined;
    const table = symbolTable(context);
    return {
      textLimit: stackTextLimit,
      announce(bytes) {
        const stack = read(bytes);
        if (typeof stack !== 'string') for (const address of callsOf(stack)) table.want(address);
      },
      prepare: () => table.load(),
      decode(bytes) {
        const stack = read(bytes);
        if (typeof stack === 'string') return stack;
        return callsOf(stack)
          .map((address) => table.nameOf(address))
          .join(separator);
      },
    };
  },
};

/** All but the innermost are return addresses: a call that never returns may be the last instruction of its function. */
function callsOf(addresses: readonly bigint[]): bigint[] {
  return addresses.map((address, index) => (index === 0 ? address : address - 1n));
}
