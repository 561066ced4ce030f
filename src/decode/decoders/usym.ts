import type { DecoderSpec } from '../../config/probe_schema.js';
import type { Decoder } from '../decoder.js';
import { userStackDecoder } from '../names/user_stack_decoder.js';

type Settings = Extract<DecoderSpec, { kind: 'usym' }>;

/** The function of a process that an address lies in. */
export const usym: Decoder<Settings> = {
  takes: 'an integer or pointer of 8 bytes',
  compile(field, context, { pid }) {
    const read = field.size === 8 ? field.integer(false) : undefined;
    const addresses = read && ((bytes: Uint8Array) => [BigInt(read(bytes))]);
    return userStackDecoder(addresses, field.sibling(pid).integer(false), context);
  },
};
