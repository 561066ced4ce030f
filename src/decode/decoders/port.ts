import { integerDecoder } from '../decoder.js';

/**
 * A port number. A field of type `__be16` is read in network order, every other field in the host's order: copy a port from
 * a socket into a `__be16`, or convert it with `bpf_ntohs`.
 */
export const port = integerDecoder('an integer', () => String, false);
