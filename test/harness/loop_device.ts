import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A loop device backed by a temporary file, which nothing else uses. Needs root and losetup. */
export class LoopDevice {
  readonly #folder = mkdtempSync(join(tmpdir(), 'santabpf-loop-'));
  readonly #image = join(this.#folder, 'image');
  /** Such as /dev/loop0. */
  readonly path: string;

  constructor(bytes = 4 << 20) {
    writeFileSync(this.#image, Buffer.alloc(bytes, 'x'));
    this.path = execFileSync('losetup', ['--find', '--show', this.#image], { encoding: 'utf8' }).trim();
    // udev reads every new disk; its reads must not be counted.
    execFileSync('sh', ['-c', '! command -v udevadm >/dev/null || udevadm settle']);
  }

  /** The device name in metrics, such as loop0. */
  get name(): string {
    return basename(this.path);
  }

  /** Truncates the file, so reads fail with EIO from now on. */
  empty(): void {
    truncateSync(this.#image);
  }

  detach(): void {
    execFileSync('losetup', ['--detach', this.path]);
    rmSync(this.#folder, { recursive: true });
  }
}
