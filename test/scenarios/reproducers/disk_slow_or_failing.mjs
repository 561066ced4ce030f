import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const size = 8 << 20;

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'half of a disk fails while a backup reads it',
  expected: ['warning', 'critical'].map((severity) => ({
    alert: 'SantaDiskErrors',
    labels: { operation: 'read', errno: 'EIO', severity },
    culprit: 'photo-backup',
  })),
  light: true,
  symptom: 'instance_device_operation_errno:santabpf_block_io_errors:increase5m{errno="EIO"} > 0',
  unsupported() {
    try {
      execFileSync('losetup', ['--find'], { stdio: 'pipe' });
      return undefined;
    } catch (error) {
      return `no loop device is available (${String(error).trim()})`;
    }
  },
  before(workspace) {
    const file = fileOf(workspace);
    writeFileSync(file, Buffer.alloc(size, 'photo'));
    const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8' }).trim();
    workspace.cleanUp(() => execFileSync('losetup', ['--detach', device]));
    workspace.named('photo-backup', '/bin/dd');
    const backup = `./photo-backup if=${device} of=/dev/null bs=64k iflag=direct conv=noerror`;
    workspace.run(workspace.script('nightly', `while :; do ${backup}; sleep 0.2; done`));
  },
  begin(workspace) {
    // The loop device keeps its size: reads beyond the end of the file fail with EIO.
    truncateSync(fileOf(workspace), size / 2);
  },
};

/** @param {import('../workspace.mjs').Workspace} workspace */
function fileOf({ folder }) {
  return join(folder, 'disk');
}
