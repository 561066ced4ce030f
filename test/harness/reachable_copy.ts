import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The parts of the repository that the built exporter needs at run time. */
const PARTS = ['package.json', 'config', 'dist', 'build/Release', 'node_modules'];

let copy: string | undefined;

/**
 * Copies the built exporter to a folder that every user can enter, because the repository may be in one that only root can
 * enter, such as /root. The copy uses hard links where possible. It is made once per test process and removed at its exit.
 * @returns the path of the folder
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
    if (status !== 0) throw new Error(`Cannot copy the built exporter to ${folder}: ${stderr}`);
    copy = folder;
  }
  return copy;
}
