import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block device of 4 MiB over a file in a folder that the caller removes. */
export class LoopDevice {
  readonly path: string;

  constructor(folder: string) {
    const image = join(folder, 'image');
    writeFileSync(image, Buffer.alloc(4 << 20, 'x'));
    this.path = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  }

  close(): void {
    execFileSync('losetup', ['--detach', this.path]);
  }
}
