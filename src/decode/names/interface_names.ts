import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from '../../visible_text.js';
import type { DecodeContext } from '../context.js';
import { perContext } from '../per_context.js';

const maxAgeMs = 60_000;
const retryAfterMs = 2000;
const interfaceLimit = 4096;

/** Names of network interfaces by index. Read again after a minute, and for an unknown index every two seconds at most. */
class InterfaceNames {
  private names: ReadonlyMap<number, string> = new Map();
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: DecodeContext) {}

  /** The name, or the digits of an unknown index. */
  nameOf(index: number): string {
    const age = this.context.now() - this.readAt;
    if (age >= maxAgeMs || (age >= retryAfterMs && !this.names.has(index))) this.read();
    return this.names.get(index) ?? String(index);
  }

  private read(): void {
    this.readAt = this.context.now();
    const folder = join(this.context.roots.sys, 'class/net');
    const names = new Map<number, string>();
    for (const name of entriesOf(folder).slice(0, interfaceLimit)) {
      try {
        names.set(Number(readFileSync(join(folder, name, 'ifindex'), 'latin1')), visible(name));
      } catch {
        // The interface disappeared after the folder was read, or the entry is a file such as bonding_masters.
      }
    }
    this.names = names;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export const interfaceNames = perContext((context) => new InterfaceNames(context));
