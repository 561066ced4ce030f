import { join } from 'node:path';
import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { integerDecoder, perContext } from './decoder.js';
import { KernelSymbols } from './kernel_symbols.js';

/** Symbols take megabytes and are only needed when there are new addresses, and modules come and go. */
const keepMs = 60_000;

class SymbolTable {
  private symbols: KernelSymbols | undefined;
  private loading: Promise<void> | undefined;

  constructor(private readonly context: DecodeContext) {}

  nameOf(address: Integer): string {
    return this.symbols?.nameOf(address) ?? `0x${address.toString(16)}`;
  }

  load(): Promise<void> | undefined {
    if (this.symbols !== undefined) return undefined;
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async read(): Promise<void> {
    try {
      this.symbols = await KernelSymbols.read(join(this.context.roots.proc, 'kallsyms'));
    } catch {
      // Not there or not readable: addresses stay hexadecimal.
      return;
    }
    this.context.later(keepMs, () => {
      this.symbols = undefined;
    });
  }
}

const tables = perContext((context) => new SymbolTable(context));

/** The kernel function (or variable) an address lies in, without the offset; hexadecimal when that is not to be known. */
export const ksym = {
  ...integerDecoder(
    'an integer or pointer',
    (context) => {
      const table = tables(context);
      return (address) => table.nameOf(address);
    },
    false,
  ),
  prepare: (context: DecodeContext): Promise<void> | undefined => tables(context).load(),
};
