import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { DecodeContext } from '../context.js';
import type { Integer } from '../integer.js';
import { perContext } from '../per_context.js';
import { printable } from '../printable.js';
import { ExpiringCache } from './expiring_cache.js';

const cacheSize = 4096;
// PIDs are reused, and a process may start another program.
const maxAgeMs = 10_000;
const lastPid = 2 ** 22;
/** Kernel threads have names of up to 64 bytes. */
const buffer = Buffer.alloc(128);

/** Commands of running processes by PID, in the PID namespace of the host's /proc. */
class ProcessNames {
  private readonly cache: ExpiringCache<number, string>;

  constructor(private readonly context: DecodeContext) {
    this.cache = new ExpiringCache(cacheSize, maxAgeMs, context.now);
  }

  /** The command, or the digits of a process that has ended. */
  nameOf(pid: Integer): string {
    if (typeof pid === 'bigint' || pid === 0 || pid > lastPid) return String(pid);
    return this.cache.get(pid, this.read);
  }

  private readonly read = (pid: number): string => {
    try {
      const file = openSync(join(this.context.roots.proc, String(pid), 'comm'), 'r');
      try {
        const length = readSync(file, buffer, 0, buffer.length, 0);
        const end = length > 0 && buffer[length - 1] === 10 ? length - 1 : length;
        return printable(buffer, 0, end);
      } finally {
        closeSync(file);
      }
    } catch {
      return String(pid);
    }
  };
}

export const processNames = perContext((context) => new ProcessNames(context));
