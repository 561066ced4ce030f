import { readFileSync, statSync } from 'node:fs';
import { visible } from '../../visible_text.js';
import type { DecodeContext } from '../context.js';

const checkEveryMs = 2000;
const sizeLimit = 16 * 1024 * 1024;
const accountLimit = 65_536;

/**
 * Names by number in a file such as /etc/passwd: `name:x:number:`. Lookups never block, because only the file is read and no
 * directory service is asked. A changed file is read again; it is checked every two seconds at most.
 */
export class AccountFile {
  private names: ReadonlyMap<number, string> = new Map();
  private version = '';
  private checkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly path: string,
    private readonly context: DecodeContext,
  ) {}

  /** The name, or the digits of an unknown number. */
  nameOf(number: number): string {
    const now = this.context.now();
    if (now - this.checkedAt >= checkEveryMs) {
      this.checkedAt = now;
      this.refresh();
    }
    return this.names.get(number) ?? String(number);
  }

  private refresh(): void {
    try {
      const status = statSync(this.path);
      const version = `${status.mtimeMs} ${status.size} ${status.ino}`;
      if (version === this.version) return;
      // Reading a pipe would wait for its writer.
      this.names =
        status.isFile() && status.size <= sizeLimit ? parseAccounts(readFileSync(this.path, 'utf8')) : new Map();
      this.version = version;
    } catch {
      // This container has no such file, or it is being replaced.
      this.names = new Map();
      this.version = '';
    }
  }
}

function parseAccounts(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':', 3);
    if (!name || !number || !/^\d{1,10}$/.test(number) || names.has(Number(number))) continue;
    names.set(Number(number), visible(name));
    if (names.size === accountLimit) break;
  }
  return names;
}
