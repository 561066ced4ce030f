import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A loop device whose reads fail with any errno, or wait. Needs root, losetup and FUSE. */
export class FailingDisk {
  private constructor(
    readonly path: string,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  static async attach(): Promise<FailingDisk> {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-fuse-'));
    const server = fork(join(import.meta.dirname, 'fuse_file.mjs'), [folder]);
    await once(server, 'message');
    const path = execFileSync('losetup', ['--find', '--show', '--read-only', join(folder, 'image')], {
      encoding: 'utf8',
    });
    return new FailingDisk(path.trim(), folder, server);
  }

  /** The device name in metrics, such as loop0. */
  get name(): string {
    return basename(this.path);
  }

  /** The errno of reads from now on. Ends a hold. */
  async fail(errno: number): Promise<void> {
    await this.tell({ errno });
  }

  /** Lets reads wait until the next `fail`. */
  async hold(): Promise<void> {
    await this.tell({ hold: true });
  }

  async detach(): Promise<void> {
    const exit = once(this.server, 'exit');
    execFileSync('losetup', ['--detach', this.path]);
    execFileSync('umount', ['--lazy', this.folder]);
    await exit;
    rmdirSync(this.folder);
  }

  private async tell(message: object): Promise<void> {
    this.server.send(message);
    await once(this.server, 'message');
  }
}
