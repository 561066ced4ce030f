import { symbolDecoder } from '../names/symbol_decoder.js';

/** The kernel function (or variable) that an address lies in, with the offset: `do_sys_open+0x1c`. */
export const ksymOffset = symbolDecoder((table, address) => table.placeOf(address));
