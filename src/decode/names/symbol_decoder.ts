import type { Decoder } from '../decoder.js';
import type { Integer } from '../integer.js';
import { type SymbolTable, symbolTable } from './symbol_table.js';

/** A decoder of kernel addresses. */
export function symbolDecoder(name: (table: SymbolTable, address: Integer) => string): Decoder {
  return {
    takes: 'an integer or pointer',
    compile(field, context) {
      const read = field.integer(false);
      if (read === undefined) return undefined;
      const table = symbolTable(context);
      return {
        announce: (bytes) => table.want(read(bytes)),
        prepare: () => table.load(),
        decode: (bytes) => name(table, read(bytes)),
      };
    },
  };
}
