import type { DecoderSpec } from '../../config/probe_schema.js';
import type { Decoder } from '../decoder.js';
import { userStackDecoder } from '../names/user_stack_decoder.js';
import { stackReader } from '../stack_reader.js';

type Settings = Extract<DecoderSpec, { kind: 'ustack' }>;

/**
 * The functions of a stack of a process, the innermost first, with `;` between them. The field holds the addresses that bpf_get_stack
 * stores, or the id of a stack in a map.
 */
export const ustack: Decoder<Settings> = {
  takes: 'an array whose size is a multiple of 8 bytes, or with `stacks` an integer of 4 or 8 bytes',
  compile: (field, context, { stacks, pid }) =>
    userStackDecoder(stackReader(field, stacks), field.sibling(pid).integer(false), context),
};
