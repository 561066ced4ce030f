import { join } from 'node:path';
import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { perContext } from '../per_context.js';
import { findSymbols, type KernelSymbol } from './kernel_symbols.js';

/** Modules are loaded and unloaded, and addresses change their meaning with them. */
const keepMs = 60_000;

/** The symbols of the kernel addresses that were wanted during the last minute. */
export class SymbolTable {
  /** Undefined for addresses outside of every symbol. */
  private readonly symbols = new Map<Integer, KernelSymbol | undefined>();
  private readonly wanted = new Set<Integer>();
  private loading: Promise<void> | undefined;

  constructor(private readonly context: DecodeContext) {}

  /** The symbol that a loaded address lies in; hexadecimal digits for other addresses. */
  nameOf(address: Integer): string {
    return this.symbols.get(address)?.name ?? hexadecimal(address);
  }

  /** The same with the offset: `do_sys_open+0x1c`. */
  placeOf(address: Integer): string {
    const symbol = this.symbols.get(address);
    return symbol === undefined ? hexadecimal(address) : `${symbol.name}+${hexadecimal(symbol.offset)}`;
  }

  /** Marks an address for the next `load`. */
  want(address: Integer): void {
    if (!this.symbols.has(address)) this.wanted.add(address);
  }

  /** Looks up the wanted addresses; undefined when there are none. Never rejects. */
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
      // Unknown addresses are kept, too: every scrape would look for them again.
      for (const address of addresses) this.symbols.set(address, found.get(address));
      this.context.later(keepMs, () => {
        for (const address of addresses) this.symbols.delete(address);
      });
    }
  }

  private async find(addresses: readonly Integer[]): Promise<ReadonlyMap<Integer, KernelSymbol>> {
    try {
      return await findSymbols(join(this.context.roots.proc, 'kallsyms'), addresses);
    } catch {
      // The file is missing or unreadable.
      return new Map();
    }
  }
}

function hexadecimal(address: Integer): string {
  return `0x${address.toString(16)}`;
}

export const symbolTable = perContext((context) => new SymbolTable(context));
