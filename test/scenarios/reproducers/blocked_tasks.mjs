import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const upload = 'while :; do echo "$RANDOM" > volume/photo; sleep 0.2; done';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a file system is frozen for a snapshot and never thawed',
  expected: [{ alert: 'SantaTasksBlocked', labels: { command: 'photo-upload' }, culprit: 'photo-upload' }],
  light: true,
  symptom: 'santabpf_blocked_tasks{command="photo-upload"} > 0',
  unsupported() {
    for (const [command, word] of [
      ['losetup', '--find'],
      ['mkfs.ext4', '-V'],
      ['fsfreeze', '--version'],
    ]) {
      try {
        execFileSync(/** @type {string} */ (command), [/** @type {string} */ (word)], { stdio: 'pipe' });
      } catch (error) {
        return `${command} does not work (${String(error).trim()})`;
      }
    }
    return undefined;
  },
  before(workspace) {
    const image = join(workspace.folder, 'image');
    const volume = join(workspace.folder, 'volume');
    writeFileSync(image, Buffer.alloc(16 << 20));
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
    workspace.cleanUp(() => execFileSync('losetup', ['--detach', device]));
    mkdirSync(volume);
    execFileSync('mount', [device, volume]);
    workspace.cleanUp(() => execFileSync('umount', [volume]));
    workspace.run(workspace.script('photo-upload', upload));
  },
  begin(workspace) {
    const volume = join(workspace.folder, 'volume');
    // Registered last, so it runs first: a task blocked by the freeze cannot be killed.
    workspace.cleanUp(() => execFileSync('fsfreeze', ['--unfreeze', volume]));
    execFileSync('fsfreeze', ['--freeze', volume]);
  },
};
