import { join } from 'node:path';
import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { type Decoder, integerDecoder, perContext } from './decoder.js';
import { findSymbols } from './kernel_symbols.js';

/** Modules come and go, and with them what an address is. */
const keepMs = 60_000;

/** The names of the addresses that were asked for lately. */
class SymbolTable {
  private readonly names = new Map<Integer, string>();
  private readonly wanted = new Set<Integer>();
  private loading: Promise<void> | undefined;

  constructor(private readonly context: DecodeContext) {}

  nameOf(address: Integer): string {
    return this.names.get(address) ?? hexadecimal(address);
  }

  want(address: Integer): void {
    if (!this.names.has(address)) this.wanted.add(address);
  }

  load(): Promise<void> | undefined {
    if (this.loading === undefined && this.wanted.size > 0) {
      this.loading = this.read().finally(() => {
        this.loading = undefined;
      });
    }
    return this.loading;
  }

  private async read(): Promise<void> {
    while (this.wanted.size > 0) {
      const addresses = [...this.wanted];
      this.wanted.clear();
      const found = await this.find(addresses);
      // Those that were not found, too: not to be looked for at every scrape.
      for (const address of addresses) this.names.set(address, found.get(address) ?? hexadecimal(address));
      this.context.later(keepMs, () => {
        for (const address of addresses) this.names.delete(address);
      });
    }
  }

  private async find(addresses: readonly Integer[]): Promise<ReadonlyMap<Integer, string>> {
    try {
      return await findSymbols(join(this.context.roots.proc, 'kallsyms'), addresses);
    } catch {
      // Not there or not readable: addresses stay hexadecimal.
      return new Map();
    }
  }
}

function hexadecimal(address: Integer): string {
  return `0x${address.toString(16)}`;
}

const tables = perContext((context) => new SymbolTable(context));

/** The kernel function (or variable) an address lies in, without the offset; hexadecimal when that is not to be known. */
export const ksym: Decoder = {
  ...integerDecoder(
    'an integer or pointer',
    (context) => {
      const table = tables(context);
      return (address) => table.nameOf(address);
    },
    false,
  ),
  announce(field, context) {
    const read = field.integer(false);
    const table = tables(context);
    return (bytes) => {
      if (read !== undefined) table.want(read(bytes));
    };
  },
  prepare: (context) => tables(context).load(),
};
