import { readFileSync, statSync } from 'node:fs';
import type { DecodeContext } from '../context.js';

const checkEveryMs = 2000;
const sizeLimit = 16 * 1024 * 1024;
const accountLimit = 65_536;

/**
 * Names by number of a file such as /etc/passwd: `name:x:number:`. Only the file is read, never a directory service, so
 * that a lookup cannot block. Read again when the file has changed, which is looked at every two seconds at most.
 */
export class AccountFile {
  private names: ReadonlyMap<number, string> = new Map();
  private version = '';
  private checkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly path: string,
    private readonly context: DecodeContext,
  ) {}

  /** The name, or the number's digits when the file has none. */
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
      const { mtimeMs, size, ino } = statSync(this.path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version === this.version) return;
      this.names = size <= sizeLimit ? parseAccounts(readFileSync(this.path, 'utf8')) : new Map();
      this.version = version;
    } catch {
      // No such file in this container, or it is being replaced: numbers are right, too.
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
    names.set(Number(number), name);
    if (names.size === accountLimit) break;
  }
  return names;
}
