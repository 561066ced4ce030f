import { symbolDecoder } from '../names/symbol_decoder.js';

/** The kernel function (or variable) that an address lies in, without the offset; hexadecimal when it is unknown. */
export const ksym = symbolDecoder((table, address) => table.nameOf(address));
