import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const upload = 'while :; do echo "$RANDOM" > volume/photo; sleep 0.2; done';

/** @type {import('../scenario.mjs').Scenario} */
export default {
  story: 'a file system is frozen for a snapshot, and nobody thaws it',
  expected: [{ alert: 'SantaTasksBlocked', labels: { command: 'photo-upload' }, culprit: 'photo-upload' }],
  light: true,
  sign: 'santabpf_blocked_tasks{command="photo-upload"} > 0',
  lack() {
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
  before(life) {
    const image = join(life.folder, 'image');
    const volume = join(life.folder, 'volume');
    writeFileSync(image, Buffer.alloc(16 << 20));
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    const device = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
    life.undo(() => execFileSync('losetup', ['--detach', device]));
    mkdirSync(volume);
    execFileSync('mount', [device, volume]);
    life.undo(() => execFileSync('umount', [volume]));
    life.run(life.script('photo-upload', upload));
  },
  begin(life) {
    const volume = join(life.folder, 'volume');
    // Undone first: a task that waits for the end of the freeze cannot be ended before.
    life.undo(() => execFileSync('fsfreeze', ['--unfreeze', volume]));
    execFileSync('fsfreeze', ['--freeze', volume]);
  },
};
