import { join } from 'node:path';
import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { perContext } from '../per_context.js';
import { BatchLookup } from './batch_lookup.js';
import { findSymbols, type KernelSymbol } from './kernel_symbols.js';

/** Modules are loaded and unloaded, and addresses change their meaning with them. */
const keepMs = 60_000;

/** The symbols of the kernel addresses that were wanted during the last minute. Addresses outside of every symbol have none. */
export class SymbolTable {
  private readonly symbols: BatchLookup<Integer, KernelSymbol>;

  constructor(context: DecodeContext) {
    const path = join(context.roots.proc, 'kallsyms');
    this.symbols = new BatchLookup((addresses) => find(path, addresses), {
      expire: (forget) => context.later(keepMs, forget),
    });
  }

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
    this.symbols.want(address);
  }

  /** Looks up the wanted addresses; undefined when there are none. Never rejects. */
  load(): Promise<void> | undefined {
    return this.symbols.load();
  }
}

async function find(path: string, addresses: readonly Integer[]): Promise<ReadonlyMap<Integer, KernelSymbol>> {
  try {
    return await findSymbols(path, addresses);
  } catch {
    // The file is missing or unreadable.
    return new Map();
  }
}

function hexadecimal(address: Integer): string {
  return `0x${address.toString(16)}`;
}

export const symbolTable = perContext((context) => new SymbolTable(context));
