import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const size = 8 << 20;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'half of a disk fails while a backup reads it',
  expected: [{ alert: 'SantaDiskErrors', labels: { operation: 'read', errno: 'EIO' }, culprit: 'photo-backup' }],
  light: true,
  sign: 'instance_device_operation_errno:santabpf_block_io_errors:increase5m{errno="EIO"} > 0',
  lack() {
    try {
      execFileSync('losetup', ['--find'], { stdio: 'pipe' });
      return undefined;
    } catch (error) {
      return `no loop device to be had (${String(error).trim()})`;
    }
  },
  before(life) {
    const file = fileOf(life);
    writeFileSync(file, Buffer.alloc(size, 'photo'));
    const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
    life.undo(() => execFileSync('losetup', ['--detach', device]));
    life.named('photo-backup', '/bin/dd');
    const backup = `./photo-backup if=${device} of=/dev/null bs=64k iflag=direct conv=noerror`;
    life.run(life.script('nightly', `while :; do ${backup}; sleep 0.2; done`));
  },
  begin(life) {
    // The loop device keeps its size: what lies beyond the end of its file are errors.
    truncateSync(fileOf(life), size / 2);
  },
};

/** @param {import('../life.mjs').Life} life */
function fileOf({ folder }) {
  return join(folder, 'disk');
}
