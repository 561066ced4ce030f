import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DecodeContext } from '../context.js';
import { integerDecoder, perContext } from './decoder.js';

const maxAgeMs = 60_000;
const retryAfterMs = 2000;
const interfaceLimit = 4096;

/** Names of the network interfaces by index. Read again after a minute, and when an index is new, but not all the time. */
class InterfaceTable {
  private names: ReadonlyMap<number, string> = new Map();
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: DecodeContext) {}

  nameOf(index: number): string {
    const age = this.context.now() - this.readAt;
    if (age >= maxAgeMs || (age >= retryAfterMs && !this.names.has(index))) this.read();
    return this.names.get(index) ?? String(index);
  }

  private read(): void {
    this.readAt = this.context.now();
    const folder = join(this.context.roots.sys, 'class/net');
    const names = new Map<number, string>();
    for (const name of list(folder).slice(0, interfaceLimit)) {
      try {
        names.set(Number(readFileSync(join(folder, name, 'ifindex'), 'latin1')), name);
      } catch {
        // It went away between the two reads, or is a file such as bonding_masters.
      }
    }
    this.names = names;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const interfaces = perContext((context) => new InterfaceTable(context));

/** The name of a network interface of the exporter's network namespace; decimal digits for an index that is not there. */
export const ifname = integerDecoder('an integer', (context) => {
  const table = interfaces(context);
  return (integer) => table.nameOf(Number(integer));
});
