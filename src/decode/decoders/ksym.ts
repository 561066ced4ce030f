import { type Decoder, integerDecoder } from '../decoder.js';
import { symbolTable } from '../names/symbol_table.js';

const bySymbol = integerDecoder(
  'an integer or pointer',
  (context) => {
    const table = symbolTable(context);
    return (address) => table.nameOf(address);
  },
  false,
);

/** The kernel function (or variable) that an address lies in, without the offset; hexadecimal when it is unknown. */
export const ksym: Decoder = {
  takes: bySymbol.takes,
  compile(field, context, settings) {
    const compiled = bySymbol.compile(field, context, settings);
    const read = field.integer(false);
    if (compiled === undefined || read === undefined) return undefined;
    const table = symbolTable(context);
    return { ...compiled, announce: (bytes) => table.want(read(bytes)), prepare: () => table.load() };
  },
};
