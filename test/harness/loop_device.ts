import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A block device that nothing else uses, on a file. Needs root and losetup. */
export class LoopDevice {
  readonly #folder = mkdtempSync(join(tmpdir(), 'santabpf-loop-'));
  readonly #image = join(this.#folder, 'image');
  /** As in /dev/loop0. */
  readonly path: string;

  constructor(bytes = 4 << 20) {
    writeFileSync(this.#image, Buffer.alloc(bytes, 'x'));
    this.path = execFileSync('losetup', ['--find', '--show', this.#image], { encoding: 'utf8' }).trim();
    // Where udev runs, it has a look at every new disk: that must be over before anything is counted.
    execFileSync('sh', ['-c', '! command -v udevadm >/dev/null || udevadm settle']);
  }

  /** As metrics show it. */
  get name(): string {
    return basename(this.path);
  }

  /** Takes the file's content away: from now on reads fail with EIO. */
  empty(): void {
    truncateSync(this.#image);
  }

  detach(): void {
    execFileSync('losetup', ['--detach', this.path]);
    rmSync(this.#folder, { recursive: true });
  }
}
