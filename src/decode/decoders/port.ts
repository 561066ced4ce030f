import { integerDecoder } from './decoder.js';

/**
 * A port number. A field of type `__be16` is in network order, every other in the host's: copy a port from a socket into a
 * `__be16`, or convert it with `bpf_ntohs`.
 */
export const port = integerDecoder('an integer', () => String, false);
