import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What the built exporter needs of the repository at run time. */
const PARTS = ['package.json', 'config', 'dist', 'build/Release', 'node_modules'];

let copy: string | undefined;

/**
 * The built exporter in a folder that every user can enter: the repository may lie below one that only root can, such as
 * /root. Made of hard links where the file system allows, once per test process, and removed at its end.
 */
export function reachableCopy(): string {
  if (copy === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-reachable-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'cd "$0" && (cp -al --parents "$@" || cp -a --parents "$@")', repository, ...PARTS, folder],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`copying the built exporter to ${folder} failed: ${stderr}`);
    copy = folder;
  }
  return copy;
}
